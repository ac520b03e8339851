import { SqlError } from '../../../errors.ts';
import type {
  AlterPrincipalStatement,
  CreatePrincipalStatement,
  PermissionStatement,
} from '../../../tsql/ast/schema-statements.ts';
import type { Statement } from '../../../tsql/ast/statements.ts';
import { unsupported } from '../../../unsupported.ts';
import { nameKey, objectKey } from '../../catalog/name-key.ts';
import type { Interpreter } from '../interpreter.ts';
import type { ModuleFrame } from '../module-frame.ts';
import { databaseOf, findObject, findType, printName } from '../name-resolution.ts';

export function runCreatePrincipal(run: Interpreter, statement: CreatePrincipalStatement): void {
  const { session } = run;
  const { principals } = session.database;
  const transaction = session.transactionForWriting();
  switch (statement.principal) {
    case 'login':
      if (statement.password === undefined) throw unsupported('CREATE LOGIN without a password', statement.line);
      session.server.logins.create(transaction, statement.name, statement.password);
      return;
    case 'role':
      principals.create(transaction, { name: statement.name, kind: 'role' });
      return;
    case 'user': {
      const login = statement.withoutLogin ? undefined : (statement.forLogin ?? statement.name);
      if (login !== undefined && !session.server.logins.exists(login)) {
        throw new SqlError(`'${login}' is not a valid login or you do not have permission.`, { number: 15007 });
      }
      principals.create(transaction, {
        name: statement.name,
        kind: 'user',
        defaultSchema: statement.defaultSchema ?? 'dbo',
        ...(login === undefined ? {} : { login }),
      });
    }
  }
}

export function runAlterPrincipal(run: Interpreter, statement: AlterPrincipalStatement): void {
  const { session } = run;
  const { principals } = session.database;
  const transaction = session.transactionForWriting();
  const { change } = statement;
  if (statement.principal === 'login') {
    if (change.kind !== 'password') throw unsupported(`ALTER LOGIN with ${change.kind}`, statement.line);
    session.server.logins.setPassword(transaction, statement.name, change.password);
    return;
  }
  switch (change.kind) {
    case 'addMember':
    case 'dropMember': {
      const role = principals.require(statement.name).name;
      principals.update(transaction, change.member, (member) => {
        const others = member.memberOf.filter((name) => nameKey(name) !== nameKey(role));
        return { ...member, memberOf: change.kind === 'addMember' ? [...others, role] : others };
      });
      return;
    }
    case 'rename':
      principals.update(transaction, statement.name, (principal) => ({ ...principal, name: change.newName }));
      return;
    case 'defaultSchema':
      principals.update(transaction, statement.name, (principal) => ({ ...principal, defaultSchema: change.schema }));
      return;
    default:
      throw unsupported(`ALTER ${statement.principal.toUpperCase()} with ${change.kind}`, statement.line);
  }
}

function cannotFind(kind: string, name: string): SqlError {
  return new SqlError(`Cannot find the ${kind} '${name}', because it does not exist or you do not have permission.`, {
    number: 15151,
  });
}

/** The securable a permission statement names, in the form {@link Principals} keeps. */
function securableOf(run: Interpreter, statement: PermissionStatement, frame: ModuleFrame): string {
  const { on } = statement;
  if (on === undefined || on.class === 'DATABASE') return 'DATABASE:';
  const { session } = run;
  const database = databaseOf(on.name, session.database, session.server.databases);
  const { broker, catalog, principals } = database;
  const { name } = on.name;
  switch (on.class) {
    case 'OBJECT': {
      const object = findObject(on.name, database, frame.defaultSchema);
      if (object === undefined) throw cannotFind('object', printName(on.name));
      return `OBJECT:${objectKey(object.schema, object.name)}`;
    }
    case 'SCHEMA':
      if (catalog.findSchema(name) === undefined) throw cannotFind('schema', name);
      return `SCHEMA:${nameKey(name)}`;
    case 'TYPE': {
      const type = findType(on.name, database, frame.defaultSchema);
      if (type === undefined) throw cannotFind('type', printName(on.name));
      return `TYPE:${objectKey(type.schema, type.name)}`;
    }
    case 'SERVICE':
      if (broker.service(name) === undefined) throw cannotFind('service', name);
      return `SERVICE:${name}`;
    case 'CONTRACT':
      if (broker.contract(name) === undefined) throw cannotFind('contract', name);
      return `CONTRACT:${name}`;
    case 'MESSAGE TYPE':
      if (broker.messageType(name) === undefined) throw cannotFind('message type', name);
      return `MESSAGE TYPE:${name}`;
    case 'ROLE':
    case 'USER':
      return `PRINCIPAL:${nameKey(principals.require(name).name)}`;
    default:
      throw unsupported(`${statement.action.toUpperCase()} ON ${on.class}`, statement.line);
  }
}

export function runPermission(run: Interpreter, statement: PermissionStatement, frame: ModuleFrame): void {
  const { session } = run;
  const securable = securableOf(run, statement, frame);
  const transaction = session.transactionForWriting();
  for (const grantee of statement.principals) {
    for (const permission of statement.permissions) {
      session.database.principals.setPermission(transaction, statement.action, {
        permission,
        securable,
        grantee,
        withGrantOption: statement.withGrantOption,
      });
    }
  }
}

type Of<K extends Statement['kind']> = Extract<Statement, { kind: K }>;

export function runExecuteAs(run: Interpreter, statement: Of<'executeAs'>, frame: ModuleFrame): void {
  if (statement.context !== 'user' || statement.name === undefined)
    throw unsupported(`EXECUTE AS ${statement.context.toUpperCase()}`, statement.line);
  const { value } = run.session.scalar(statement.name, frame);
  const user = run.session.database.principals.find(typeof value === 'string' ? value : '');
  if (user === undefined || user.kind !== 'user') {
    throw new SqlError(
      `Cannot execute as the database principal because the principal "${String(value)}" does not exist, this type of principal cannot be impersonated, or you do not have permission.`,
      { number: 15517 },
    );
  }
  run.session.impersonated.push(user.name);
}

export function runRevert(run: Interpreter): void {
  run.session.impersonated.pop();
}
