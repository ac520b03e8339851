/** What files are that an atomizer was chosen for; the chosen one knows better than the file's name. */
const mediaTypes: Readonly<Record<string, string>> = {
  text: 'text/plain',
  markdown: 'text/markdown',
  'source-code': 'text/plain',
  html: 'text/html',
  csv: 'text/csv',
  json: 'application/json',
  ndjson: 'application/x-ndjson',
  pdf: 'application/pdf',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  zip: 'application/zip',
  tar: 'application/x-tar',
  gzip: 'application/gzip',
  chunks: 'application/octet-stream',
};

/** Media type of a file that an atomizer of this name takes apart; `null` for one that isn't known here. */
export function mediaTypeOf(atomizer: string): string | null {
  return Object.hasOwn(mediaTypes, atomizer) ? (mediaTypes[atomizer] ?? null) : null;
}
