import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { SqlConnectionSettings } from '@hartonomous/config-loader';
import { DatabaseNameMissingError, ExportFolderError } from '../../errors.ts';
import { openSqlServer } from '../../servers/sql-server.ts';
import { parsedConnection } from '../deploy-database.ts';
import { catalogFiles, type LeftOut } from './catalog-files.ts';

/** Options of {@link exportDatabase}. */
export interface DatabaseExportOptions {
  /** An ADO.NET connection string, or one that is parsed already. It must name a database. */
  readonly connection: string | SqlConnectionSettings;
  /** Made where it is missing. */
  readonly folder: string;
  /** Writes into a folder that has something in it; files of the same names are overwritten, others stay. @default false */
  readonly force?: boolean;
  readonly signal?: AbortSignal;
}

/** What an export wrote. */
export interface DatabaseExport {
  readonly database: string;
  readonly folder: string;
  /** Paths below the folder, with `/`. */
  readonly files: readonly string[];
  /** Objects of the database that no file is about, and why. */
  readonly leftOut: readonly LeftOut[];
}

/**
 * Writes the objects of a database as a folder of T-SQL, one file for each, in the layout of the SQL project, to be compared with
 * it or with another database. Rows, permissions, members of roles and the options of the database are not part of it. The
 * database is only read.
 *
 * @throws ExportFolderError when the folder has something in it and `force` isn't set, or can't be written
 * @throws BrokerError (of broker-client) when the server can't be reached or refuses something
 * @throws ConnectionStringError, DatabaseNameMissingError
 */
export async function exportDatabase(options: DatabaseExportOptions): Promise<DatabaseExport> {
  const { folder, force = false, signal } = options;
  const settings = parsedConnection(options.connection);
  const { database } = settings;
  if (database === undefined) throw new DatabaseNameMissingError();
  if (!force && (await entriesOf(folder)) > 0) throw new ExportFolderError(folder, 'it has something in it');
  await using session = await openSqlServer(settings, { singleSession: true, signal });
  const { files, leftOut } = await catalogFiles(session, signal);
  try {
    for (const { path, text } of files) {
      signal?.throwIfAborted();
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw new ExportFolderError(folder, "it can't be written", error);
  }
  return { database, folder, files: files.map(({ path }) => path), leftOut };
}

async function entriesOf(folder: string): Promise<number> {
  try {
    return (await readdir(folder)).length;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 0;
    throw new ExportFolderError(folder, "it can't be read", error);
  }
}
