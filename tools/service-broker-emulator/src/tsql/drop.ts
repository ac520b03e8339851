import { unsupported } from '../unsupported.ts';
import type { DroppableKind } from './ast/drop.ts';
import type { DropIndexStatement } from './ast/indexes.ts';
import type { ObjectName } from './ast/nodes.ts';
import type { Statement } from './ast/statements.ts';
import { parseDropEventNotification } from './broker-objects.ts';
import { parseBrokerName } from './conversations.ts';
import { unknownObjectType } from './errors.ts';
import {
  isIdentifier,
  parseIdentifier,
  parseNameInDatabase,
  parseObjectName,
  parseSchemaTypeName,
  parseSimpleName,
} from './names.ts';
import type { TokenStream } from './token-stream.ts';

interface Droppable {
  readonly words: readonly string[];
  readonly object: DroppableKind;
  /** Whether the name has a schema, and whether a list of names may stand. */
  readonly inSchema: boolean;
  readonly list: boolean;
}

const droppableKinds: readonly Droppable[] = [
  { words: ['TABLE'], object: 'TABLE', inSchema: true, list: true },
  { words: ['VIEW'], object: 'VIEW', inSchema: true, list: true },
  { words: ['PROCEDURE'], object: 'PROCEDURE', inSchema: true, list: true },
  { words: ['PROC'], object: 'PROCEDURE', inSchema: true, list: true },
  { words: ['FUNCTION'], object: 'FUNCTION', inSchema: true, list: true },
  { words: ['TRIGGER'], object: 'TRIGGER', inSchema: true, list: true },
  { words: ['TYPE'], object: 'TYPE', inSchema: true, list: false },
  { words: ['SEQUENCE'], object: 'SEQUENCE', inSchema: true, list: true },
  { words: ['SYNONYM'], object: 'SYNONYM', inSchema: true, list: false },
  { words: ['SCHEMA'], object: 'SCHEMA', inSchema: false, list: false },
  { words: ['DATABASE'], object: 'DATABASE', inSchema: false, list: true },
  { words: ['USER'], object: 'USER', inSchema: false, list: false },
  { words: ['ROLE'], object: 'ROLE', inSchema: false, list: false },
  { words: ['LOGIN'], object: 'LOGIN', inSchema: false, list: false },
  { words: ['MESSAGE', 'TYPE'], object: 'MESSAGE TYPE', inSchema: false, list: false },
  { words: ['CONTRACT'], object: 'CONTRACT', inSchema: false, list: false },
  { words: ['QUEUE'], object: 'QUEUE', inSchema: true, list: false },
  { words: ['SERVICE'], object: 'SERVICE', inSchema: false, list: false },
  { words: ['ROUTE'], object: 'ROUTE', inSchema: false, list: false },
  { words: ['BROKER', 'PRIORITY'], object: 'BROKER PRIORITY', inSchema: false, list: false },
];

/** Of these the name of a database is an error, as when they are made. */
const ofThisDatabase: ReadonlySet<DroppableKind> = new Set(['VIEW', 'PROCEDURE', 'FUNCTION', 'TRIGGER']);

/** How the name of a droppable is written. */
function nameParserOf({ object, inSchema }: Droppable): (t: TokenStream) => ObjectName {
  if (!inSchema) return parseNameWithoutSchema;
  if (object === 'TYPE') return parseSchemaTypeName;
  return ofThisDatabase.has(object) ? (t) => parseNameInDatabase(t, `DROP ${object}`) : parseObjectName;
}

/** What T-SQL can drop and the emulator can't make. */
const unsupportedObjects: ReadonlySet<string> = new Set(
  `AGGREGATE APPLICATION ASSEMBLY ASYMMETRIC AVAILABILITY CERTIFICATE COLUMN CREDENTIAL CRYPTOGRAPHIC DEFAULT ENDPOINT
  EXTERNAL FULLTEXT MASTER PARTITION REMOTE RESOURCE RULE SEARCH SECURITY SELECTIVE SENSITIVITY SERVER SIGNATURE SPATIAL
  STATISTICS SYMMETRIC WORKLOAD XML`.split(/\s+/),
);

/** Refuses what CREATE, ALTER or DROP names: an unsupported kind by name, an unknown one with 343, else a syntax error. */
export function refuseObject(t: TokenStream, statement: string): never {
  const { key, text, line } = t.current;
  if (unsupportedObjects.has(key)) {
    const next = t.peek(1);
    const twoWords =
      next.kind === 'word' && ['KEY', 'CATALOG', 'STOPLIST', 'SCHEMA', 'INDEX', 'SERVICE', 'ROLE'].includes(next.key);
    unsupported(`${statement} ${twoWords ? `${key} ${next.key}` : key}`, line);
  }
  if (isIdentifier(t.current)) throw unknownObjectType(text, line);
  throw t.unexpected();
}

/** Every form of DROP. */
export function parseDrop(t: TokenStream): Statement {
  const { line } = t.expect('DROP');
  if (t.is('INDEX')) return parseDropIndex(t, line);
  if (t.is('EVENT') && t.peek(1).key === 'NOTIFICATION') return parseDropEventNotification(t, line);
  if (t.is('EVENT')) unsupported('DROP EVENT SESSION', line);
  for (const droppable of droppableKinds) {
    if (!t.acceptAll(...droppable.words)) continue;
    const ifExists = t.acceptAll('IF', 'EXISTS');
    const parseName = nameParserOf(droppable);
    const names = droppable.list ? t.commaList(parseName) : [parseName(t)];
    if (droppable.object === 'TRIGGER' && t.is('ON') && (t.peek(1).key === 'DATABASE' || t.peek(1).key === 'ALL')) {
      unsupported('DDL and logon triggers', line);
    }
    return { kind: 'drop', object: droppable.object, names, ifExists, line };
  }
  return refuseObject(t, 'DROP');
}

function parseNameWithoutSchema(t: TokenStream) {
  const { line } = t;
  return t.is('DEFAULT') ? { name: parseBrokerName(t), line } : parseSimpleName(t);
}

/** `DROP INDEX name ON table, ...` and the old `DROP INDEX table.name`. */
function parseDropIndex(t: TokenStream, line: number): DropIndexStatement {
  t.expect('INDEX');
  const ifExists = t.acceptAll('IF', 'EXISTS');
  const indexes = t.commaList((stream) => {
    if (stream.peek(1).key !== '.') {
      const name = parseIdentifier(stream);
      stream.expect('ON');
      return { name, table: parseObjectName(stream) };
    }
    const { name, schema, database, line: at } = parseObjectName(stream);
    if (schema === undefined) throw stream.unexpected();
    return { name, table: { line: at, ...(database ? { schema: database } : {}), name: schema } };
  });
  if (t.is('WITH') && t.peek(1).key === '(') unsupported('DROP INDEX ... WITH', line);
  return { kind: 'dropIndex', indexes, ifExists, line };
}
