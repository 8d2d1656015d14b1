# Aliases where make exists; run.py is the real thing. Extra arguments: make report ARGS="..."
VERBS := report test lab docs bench data release
.PHONY: $(VERBS)
$(VERBS):
	python3 run.py $@ $(ARGS)
