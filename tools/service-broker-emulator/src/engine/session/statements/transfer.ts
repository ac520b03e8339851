import type { TransferStatement } from '../../../tsql/ast/schemas.ts';
import { unsupported } from '../../../unsupported.ts';
import { nameKey } from '../../catalog/name-key.ts';
import { cannotDo } from '../../security/errors.ts';
import { objectSecurable, schemaSecurable } from '../../security/securables.ts';
import type { Interpreter } from '../interpreter.ts';
import type { ModuleFrame } from '../module-frame.ts';
import { moveObject } from '../move-object.ts';
import { findObject } from '../name-resolution.ts';
import { sequenceUser } from '../sequence-user.ts';
import { transfersBound, transfersOwned, transferTaken } from './errors/definition-errors.ts';

/**
 * ALTER SCHEMA ... TRANSFER: an object gets another schema and loses the permissions on it.
 *
 * @throws {SqlError} 15151, 15347, 15348, 15530; 40000 for a queue
 */
export function runTransfer(run: Interpreter, statement: TransferStatement, frame: ModuleFrame): void {
  const { session } = run;
  const { database } = session;
  const { catalog, principals } = database;
  const { name, line } = statement;
  const schema = catalog.findSchema(statement.schema);
  if (schema === undefined || !session.holds('ALTER', schemaSecurable(database, schema.name)))
    throw cannotDo('alter', 'schema', statement.schema);
  const isHere = name.database === undefined || nameKey(name.database) === nameKey(database.name);
  const object = isHere && name.server === undefined ? findObject(name, database, frame.defaultSchema) : undefined;
  const securable = object && objectSecurable(database, object);
  if (object === undefined || securable === undefined || !session.holds('CONTROL', securable))
    throw cannotDo('find', 'object', name.name);
  if (object.kind === 'trigger') throw transfersOwned();
  if (object.kind === 'queue') throw unsupported('ALTER SCHEMA ... TRANSFER of a queue', line);
  if (object.kind === 'sequence' && sequenceUser(database, object) !== undefined) throw transfersBound();
  if (catalog.find(schema.name, object.name) !== undefined) throw transferTaken(object.name);
  principals.forgetSecurable(session.transactionForWriting(), securable.path[0] ?? '');
  moveObject(session, object, { schema: schema.name, name: object.name });
}
