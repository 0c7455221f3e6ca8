"""The lab: real kernels, real charon, namespaces for machines. See tests/lab/README.md."""
