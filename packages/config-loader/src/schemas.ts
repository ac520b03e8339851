import { z } from 'zod';
import { ConnectionStringError } from './errors.ts';
import { Secret } from './secret.ts';
import { parseSqlConnectionString } from './sql-connection-string.ts';

/** A setting that must never be shown: text that becomes a {@link Secret}. An empty text counts as missing. */
export function secret() {
  return z
    .string()
    .min(1, 'a value that is not empty')
    .transform((text) => new Secret(text))
    .meta({ secret: true });
}

/** A setting that holds an ADO.NET connection string for SQL Server, parsed and with its password as a {@link Secret}. */
export function sqlConnectionString() {
  return z
    .string()
    .min(1, 'an ADO.NET connection string')
    .transform((text, context) => {
      try {
        return parseSqlConnectionString(text);
      } catch (error) {
        if (!(error instanceof ConnectionStringError)) throw error;
        for (const { message } of error.problems) context.addIssue({ code: 'custom', message });
        return z.NEVER;
      }
    })
    .meta({ secret: true });
}

/** The settings that a connection to Neo4j takes, for the section `Neo4j` of a schema that may have more in it. */
export function neo4jConnectionShape() {
  return {
    Uri: z
      .string()
      .regex(
        /^(bolt|neo4j)(\+s|\+ssc)?:\/\/[^/\s#@]+\/?$/,
        'an address like bolt://localhost:7687; user and password have settings of their own',
      ),
    Username: z.string().min(1, 'a user name'),
    Password: secret(),
    Database: z.string().min(1).default('neo4j'),
  };
}
