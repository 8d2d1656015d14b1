"""Who answers: GPs in the years to come, the telephone, rotas that are shared."""
