/**
 * An address as it is kept and shown: without a login, and without what stands behind a question mark or number sign, which may be a
 * signature that lets any reader open the file. The message has the whole address. Names of local files stay as they are.
 */
export function shownAddress(uri: string): string {
  if (/^file:/i.test(uri)) return uri;
  const query = /[?#]/.exec(uri);
  const shown = query === null ? uri : `${uri.slice(0, query.index + 1)}***`;
  const login = /^[^/]*:\/\/([^/]*)@/.exec(shown)?.[1];
  return login === undefined ? shown : shown.replace(`${login}@`, '***@');
}
