/** The interpreter as it is called on Lambda, and in its images. */
function interpreterLine(pythonMinor: string): string {
  return `#!/var/lang/bin/python${pythonMinor}`
}

/** A script of `.data/scripts` that asks for the interpreter of its installation (PEP 427, "Recommended installer features"). */
export function withInterpreter(content: Buffer, pythonMinor: string): Buffer | undefined {
  const match = /^#!python[^\s]*/.exec(content.toString('latin1', 0, 64))
  if (!match) return undefined
  return Buffer.concat([Buffer.from(interpreterLine(pythonMinor)), content.subarray(match[0].length)])
}

/** The programs of `console_scripts` and `gui_scripts` (entry points specification), sorted by name. */
export function entryPointScripts(entryPoints: string, pythonMinor: string): { name: string; content: Buffer }[] {
  const scripts: { name: string; content: Buffer }[] = []
  let section = ''
  for (const line of entryPoints.split(/\r?\n/)) {
    section = /^\[\s*([^\]]+?)\s*\]\s*$/.exec(line)?.[1] ?? section
    if (section !== 'console_scripts' && section !== 'gui_scripts') continue
    const [, name, module, attribute] = /^\s*([\w.-]+)\s*=\s*([\w.]+)\s*:\s*([\w.]+)/.exec(line) ?? []
    if (name === undefined || module === undefined || attribute === undefined) continue
    if (/^\.+$/.test(name)) continue // No file: a folder, or the one above it.
    const [first = ''] = attribute.split('.')
    const text = `${interpreterLine(pythonMinor)}\nimport sys\n\nfrom ${module} import ${first}\n\nif __name__ == "__main__":\n    sys.exit(${attribute}())\n`
    scripts.push({ name, content: Buffer.from(text) })
  }
  return scripts.toSorted((a, b) => (a.name < b.name ? -1 : 1))
}
