/** Longer names are cut in metadata: one huge name over many rows would make metadata without end. */
const maxNameLength = 128;

const delimiters = [',', ';', '\t', '|'];

/** The delimiter that the first line has most of, quoted parts left out; a comma if it has none. */
export function guessDelimiter(text: string): string {
  const firstLine = /^(?:"(?:[^"]|"")*"|[^"\r\n])*/.exec(text.slice(0, 8192).trimStart())?.[0] ?? '';
  const unquoted = firstLine.replaceAll(/"(?:[^"]|"")*"/g, '');
  const counts = delimiters.map((delimiter) => ({ delimiter, count: unquoted.split(delimiter).length - 1 }));
  return counts.reduce((best, each) => (each.count > best.count ? each : best)).delimiter;
}

/** Whether a first row reads like names: each field is filled, none is a number, no two are equal. */
export function isHeader(fields: readonly string[]): boolean {
  const names = fields.map((field) => field.trim());
  return names.every((name) => name !== '' && Number.isNaN(Number(name))) && new Set(names).size === names.length;
}

/** The fields of a row by column name; a column without name is `column N`. */
export function namedFields(header: readonly string[], fields: readonly string[]): Readonly<Record<string, string>> {
  const entries = fields.map((field, index): [string, string] => {
    const name = header[index]?.trim().slice(0, maxNameLength).toWellFormed() ?? '';
    return [name === '' ? `column ${index + 1}` : name, field];
  });
  return Object.fromEntries(entries);
}
