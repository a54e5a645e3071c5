/** Of the action, the command line and the runtime; the same as in package.json and runtime/pyproject.toml. */
export const VERSION = '0.1.0'
