import type { ObjectName } from '../../tsql/ast/nodes.ts';
import { unsupported } from '../../unsupported.ts';
import { cannotDo } from '../security/errors.ts';
import { databaseSecurable } from '../security/securables.ts';
import { type FoundSecurable, findSecurable, isSecurableClass } from './find-securable.ts';
import type { Interpreter } from './interpreter.ts';
import type { ModuleFrame } from './module-frame.ts';
import { databaseOf, printName } from './name-resolution.ts';

/** What `class::name` means. */
export interface SecurableName extends FoundSecurable {
  /** In words of error texts, for example `message type`. */
  readonly kind: string;
  readonly name: string;
}

/**
 * The securable that a statement names; the present database when it names none.
 *
 * @throws {SqlError} 15151 for one that isn't there, 40000 for a class that the emulator doesn't have
 */
export function securableOf(
  run: Interpreter,
  statement: { readonly on?: { readonly class: string; readonly name: ObjectName }; readonly line: number },
  frame: ModuleFrame,
): SecurableName {
  const { session } = run;
  const { on } = statement;
  if (on === undefined || on.class === 'DATABASE') {
    const database = on === undefined ? session.database : session.server.databases.require(on.name.name);
    return { securable: databaseSecurable(database), kind: 'database', name: database.name };
  }
  if (!isSecurableClass(on.class)) throw unsupported(`permissions on ${on.class}`, statement.line);
  const database = databaseOf(on.name, session.database, session.server.databases);
  const kind = on.class.toLowerCase();
  const found = findSecurable(on.class, on.name, database, frame.defaultSchema);
  if (found === undefined) throw cannotDo('find', kind, printName(on.name));
  return { ...found, kind, name: found.object?.name ?? on.name.name };
}
