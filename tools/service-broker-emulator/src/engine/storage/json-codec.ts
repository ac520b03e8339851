const bigintKey = '$bigint';
const bytesKey = '$bytes';

/** JSON text of plain data that may hold bigint and Uint8Array values besides what JSON has. */
export function encodeJson(value: unknown): string {
  // A regular function: `this[key]` is the value before Buffer's own toJSON made something else of it.
  return JSON.stringify(value, function (this: Record<string, unknown>, key, item: unknown) {
    const original = key === '' ? item : this[key];
    if (typeof original === 'bigint') return { [bigintKey]: String(original) };
    if (original instanceof Uint8Array) return { [bytesKey]: Buffer.from(original).toString('base64') };
    return item;
  });
}

/** The reverse of {@link encodeJson}; the caller checks the shape. */
export function decodeJson(text: string): unknown {
  return JSON.parse(text, (_key, item: unknown) => {
    if (typeof item !== 'object' || item === null) return item;
    if (bigintKey in item && typeof item[bigintKey] === 'string') return BigInt(item[bigintKey]);
    if (bytesKey in item && typeof item[bytesKey] === 'string') {
      return new Uint8Array(Buffer.from(item[bytesKey], 'base64'));
    }
    return item;
  });
}
