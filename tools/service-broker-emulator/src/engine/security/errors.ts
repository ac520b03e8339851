import { SqlError } from '../../errors.ts';

/** 229: what using an object without the permission gives. */
export function permissionDenied(
  permission: string,
  object: { readonly name: string; readonly schema: string },
  database: string,
): SqlError {
  return new SqlError(
    `The ${permission} permission was denied on the object '${object.name}', database '${database}', schema '${object.schema}'.`,
    { number: 229, severity: 14, state: 5 },
  );
}

/** 230: the same for a column. @param before another column's refusal, which is reported first */
export function columnPermissionDenied(
  permission: string,
  column: string,
  object: { readonly name: string; readonly schema: string },
  database: string,
  before: SqlError | undefined,
): SqlError {
  return new SqlError(
    `The ${permission} permission was denied on the column '${column}' of the object '${object.name}', database '${database}', schema '${object.schema}'.`,
    { number: 230, severity: 14, ...(before === undefined ? {} : { before }) },
  );
}

/** 262: a statement that makes something, without the permission of the database for it. */
export function statementDenied(permission: string, database: string): SqlError {
  return new SqlError(`${permission} permission denied in database '${database}'.`, { number: 262, severity: 14 });
}

/** 15247. */
export function actionDenied(): SqlError {
  return new SqlError('User does not have permission to perform this action.', { number: 15247 });
}

/** 15151: the server doesn't say whether the securable is missing or the permission. */
export function cannotDo(action: string, kind: string, name: string): SqlError {
  return new SqlError(
    `Cannot ${action} the ${kind} '${name}', because it does not exist or you do not have permission.`,
    { number: 15151 },
  );
}

/** 4611. */
export function cascadeNeeded(): SqlError {
  return new SqlError('To revoke or deny grantable privileges, specify the CASCADE option.', { number: 4611 });
}

/** 4615: a column that the object of GRANT, DENY or REVOKE doesn't have. */
export function grantedColumnNotFound(column: string): SqlError {
  return new SqlError(`Invalid column name '${column}'.`, { number: 4615 });
}

/** 4606. */
export function permissionUnfit(permission: string): SqlError {
  return new SqlError(`Granted or revoked privilege ${permission} is not compatible with object.`, { number: 4606 });
}

/** 4610. */
export function permissionElsewhere(): SqlError {
  return new SqlError('You can only grant or revoke permissions on objects in the current database.', { number: 4610 });
}

/** 300: what views of the server's state give without VIEW SERVER STATE. */
export function serverStateDenied(permission: string): SqlError {
  return new SqlError(`${permission} permission was denied on object 'server', database 'master'.`, {
    number: 300,
    severity: 14,
  });
}

/** 15517: EXECUTE AS a principal that is missing, has lost its login, or may not be impersonated. */
export function cannotImpersonate(principal: string): SqlError {
  return new SqlError(
    `Cannot execute as the database principal because the principal "${principal}" does not exist, this type of principal cannot be impersonated, or you do not have permission.`,
    { number: 15517 },
  );
}

/** 916: a database in which the login has no user. */
export function noAccessToDatabase(login: string, database: string): SqlError {
  return new SqlError(
    `The server principal "${login}" is not able to access the database "${database}" under the current security context.`,
    { number: 916, severity: 14 },
  );
}

/** 15023. */
export function userExists(name: string): SqlError {
  return new SqlError(`User, group, or role '${name}' already exists in the current database.`, { number: 15023 });
}

/** 15150. */
export function cannotDropPrincipal(kind: string, name: string): SqlError {
  return new SqlError(`Cannot drop the ${kind} '${name}'.`, { number: 15150 });
}

/** 15144. */
export function roleHasMembers(): SqlError {
  return new SqlError('The role has members. It must be empty before it can be dropped.', { number: 15144 });
}

/** 15138. */
export function principalOwnsSchema(): SqlError {
  return new SqlError('The database principal owns a schema in the database, and cannot be dropped.', {
    number: 15138,
  });
}

/** 15421. */
export function principalOwnsRole(): SqlError {
  return new SqlError('The database principal owns a database role and cannot be dropped.', { number: 15421 });
}

/** 15081. */
export function publicMembership(): SqlError {
  return new SqlError('Membership of the public role cannot be changed.', { number: 15081 });
}

/** 15405. */
export function specialPrincipal(name: string): SqlError {
  return new SqlError(`Cannot use the special principal '${name}'.`, { number: 15405 });
}

/** 15413. */
export function roleInItself(): SqlError {
  return new SqlError('Cannot make a role a member of itself.', { number: 15413 });
}
