// The least that a runtime can be started for.
