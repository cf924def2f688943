"""From raw tables to a published page: check, run, assemble, render, publish. Data flows one way."""
