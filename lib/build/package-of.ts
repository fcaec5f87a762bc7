/** The package that a file belongs to: its name and its folder. `undefined` for our own files. */
export function packageOf(file: string): { readonly name: string; readonly folder: string } | undefined {
  const [folder, name] = /^(?:.*\/)?node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file.replaceAll('\\', '/')) ?? [];
  return folder === undefined || name === undefined ? undefined : { name, folder };
}
