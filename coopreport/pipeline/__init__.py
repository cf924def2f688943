"""From raw tables to a published page: run, assemble, render, publish. Data flows one way."""
