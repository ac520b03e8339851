import type { LoadedProject } from './read-project.ts';

/** A permission that the SQL project gives to a role. */
export interface RoleGrant {
  readonly role: string;
  /** For example `EXECUTE`. */
  readonly permission: string;
  /** Of table types `TYPE`, of all else `OBJECT`, as HAS_PERMS_BY_NAME names them. */
  readonly securableClass: 'OBJECT' | 'TYPE';
  /** For example `dbo.sp_LogNeo4jSync`. */
  readonly securable: string;
}

const grantStatement =
  /^GRANT (?<permission>[A-Z ]+) ON (?<type>TYPE::)?\[(?<schema>\w+)\]\.\[(?<name>\w+)\] TO \[(?<role>\w+)\];$/gm;

/** What the post-deployment scripts of a project grant, in their order. */
export function roleGrants({ postDeployment }: Pick<LoadedProject, 'postDeployment'>): readonly RoleGrant[] {
  return postDeployment
    .flatMap(({ batches }) => batches)
    .flatMap(({ text }) => [...text.matchAll(grantStatement)])
    .map(({ groups = {} }) => ({
      role: groups.role ?? '',
      permission: groups.permission ?? '',
      securableClass: groups.type === undefined ? 'OBJECT' : 'TYPE',
      securable: `${groups.schema}.${groups.name}`,
    }));
}

/** The statement that gives it. */
export function grantStatementOf({ role, permission, securableClass, securable }: RoleGrant): string {
  const [schema, name] = securable.split('.');
  return `GRANT ${permission} ON ${securableClass === 'TYPE' ? 'TYPE::' : ''}[${schema}].[${name}] TO [${role}];`;
}
