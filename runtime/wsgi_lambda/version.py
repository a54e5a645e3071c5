"""The version of the runtime, in a module that imports nothing."""

VERSION = "0.1.0"
