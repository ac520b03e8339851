/** True for the encodings that a declaration may name in UTF-16 text. */
export function isWideEncoding(name: string): boolean {
  return /^(?:utf-16|ucs-2)$/i.test(name);
}

/** True when a declaration may name that encoding. UTF-32 has no parser in SQL Server. */
export function namesEncoding(name: string): boolean {
  if (isWideEncoding(name)) return true;
  try {
    return !new TextDecoder(name).encoding.startsWith('utf-16');
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
