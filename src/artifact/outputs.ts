/** Where the layer of dependencies is written: beside the artifact. */
export function layerPathOf(output: string): string {
  return output.replace(/(?:\.zip)?$/, '.layer.zip')
}
