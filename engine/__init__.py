"""Any diagram, durably: compiling, executing, deployments, instances, people, work and history."""
