/** The extension of a file name, in lower case and without the dot; empty if there is none. */
export function fileExtension(name: string): string {
  const match = /[^/\\]\.([^./\\]+)$/.exec(name);
  return match?.[1]?.toLowerCase() ?? '';
}
