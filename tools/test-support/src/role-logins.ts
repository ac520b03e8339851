/** Passwords of the logins that tests make; the servers listen on loopback and live for one test file. */
const password = 'Least-of-all!1';

/** Logins with the rights that an installation gives them and no others, by what they do. */
const roleLogins = {
  /** Runs a worker. */
  worker: { login: 'hartonomous-worker', roles: ['HartonomousWorker'] },
  /** An application: changes rows of the entities and enqueues. */
  sender: { login: 'hartonomous-sender', roles: ['HartonomousSender', 'db_datareader', 'db_datawriter'] },
  /** Runs the HTTP API. */
  api: { login: 'hartonomous-api', roles: ['HartonomousApi'] },
} as const;

/** Who logs in. */
type RoleLogin = keyof typeof roleLogins;

/** Statements that make the logins, their users and their memberships; run them in the deployed database. */
export function createRoleLogins(): string {
  return Object.values(roleLogins)
    .flatMap(({ login, roles }) => [
      `CREATE LOGIN [${login}] WITH PASSWORD = '${password}';`,
      `CREATE USER [${login}] FOR LOGIN [${login}];`,
      ...roles.map((role) => `ALTER ROLE [${role}] ADD MEMBER [${login}];`),
    ])
    .join('\n');
}

/** The connection string with another login in the place of its own. */
export function asRoleLogin(connectionString: string, role: RoleLogin): string {
  return connectionString.replace(
    /User Id=[^;]*;Password="[^"]*"/,
    `User Id=${roleLogins[role].login};Password="${password}"`,
  );
}
