"""What is shown outside the page: maps for a slide, styles of QGIS, the words of six slides."""
