const BIGINT_KEY = '$bigint';
const BYTES_KEY = '$bytes';

/** JSON text of plain data that may hold bigint and Uint8Array values besides what JSON has. */
export function encodeJson(value: unknown): string {
  // A regular function: `this[key]` is the value before Buffer's own toJSON made something else of it.
  return JSON.stringify(value, function (this: Record<string, unknown>, key, item: unknown) {
    const original = key === '' ? item : this[key];
    if (typeof original === 'bigint') return { [BIGINT_KEY]: String(original) };
    if (original instanceof Uint8Array) return { [BYTES_KEY]: Buffer.from(original).toString('base64') };
    return item;
  });
}

/** The reverse of {@link encodeJson}; the caller checks the shape. */
export function decodeJson(text: string): unknown {
  return JSON.parse(text, (_key, item: unknown) => {
    if (typeof item !== 'object' || item === null) return item;
    if (BIGINT_KEY in item && typeof item[BIGINT_KEY] === 'string') return BigInt(item[BIGINT_KEY]);
    if (BYTES_KEY in item && typeof item[BYTES_KEY] === 'string') {
      return new Uint8Array(Buffer.from(item[BYTES_KEY], 'base64'));
    }
    return item;
  });
}
