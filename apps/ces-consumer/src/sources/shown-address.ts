/**
 * An address as it is kept and shown: without a login, and without what stands behind a question mark or number sign, which may be a
 * signature that lets any reader open the file. The message has the whole address. Names of local files stay as they are.
 */
export function shownAddress(uri: string): string {
  // A share of another machine may have a login, too.
  if (/^\s*file:/i.test(uri)) return uri.replace(/^(\s*file:[/\\]{2})[^/\\]*@/i, '$1***@');
  const query = /[?#]/.exec(uri);
  const shown = query === null ? uri : `${uri.slice(0, query.index + 1)}***`;
  // Slashes may be missing or turned round: the address leads to the same place then.
  return shown.replace(/^(\s*[a-z][a-z0-9+.-]*:[/\\]*)[^/\\]*@/i, '$1***@');
}
