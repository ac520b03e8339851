/** Names kept with their keys. Code repeats its names at each run; the limit is for names that a client makes up. */
const maximumNames = 20_000;

const keys = new Map<string, string>();
const objectKeys = new Map<string, Map<string, string>>();
let objectKeyCount = 0;

/** Key under which an identifier is found: names compare without regard to case in the default collation. */
export function nameKey(name: string): string {
  const known = keys.get(name);
  if (known !== undefined) return known;
  const key = name.toLowerCase();
  if (keys.size >= maximumNames) keys.clear();
  keys.set(name, key);
  return key;
}

/** Key of a schema-qualified name. */
export function objectKey(schema: string, name: string): string {
  let ofSchema = objectKeys.get(schema);
  const known = ofSchema?.get(name);
  if (known !== undefined) return known;
  if (objectKeyCount >= maximumNames) {
    objectKeys.clear();
    objectKeyCount = 0;
    ofSchema = undefined;
  }
  if (ofSchema === undefined) {
    ofSchema = new Map();
    objectKeys.set(schema, ofSchema);
  }
  const key = `${nameKey(schema)}\u0000${nameKey(name)}`;
  ofSchema.set(name, key);
  objectKeyCount += 1;
  return key;
}
