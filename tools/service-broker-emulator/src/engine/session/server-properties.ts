import type { EmulatorServer } from '../emulator-server.ts';
import type { Database } from '../server/database.ts';
import type { SqlType } from '../types/sql-type.ts';
import type { SqlValue } from '../types/sql-value.ts';
import { defaultCollation } from '../types/type-info.ts';

/** Version the emulator reports: SQL Server 2022, whose behaviour it follows. */
const productVersion = '16.0.4096.0';

/** @@VERSION: in SQL Server's form, and plain that it is not one. */
export const versionText = `Microsoft SQL Server 2022 - ${productVersion} (X64) - service-broker-emulator`;

function text(value: string): SqlValue {
  const baseType: SqlType = { name: 'nvarchar', length: 128 };
  return { baseType, value };
}

function integer(value: number): SqlValue {
  return { baseType: { name: 'int' }, value };
}

/** SERVERPROPERTY; null for what is unknown or does not apply. */
export function serverProperty(server: EmulatorServer, name: string): SqlValue {
  switch (name.toLowerCase()) {
    case 'productversion':
      return text(productVersion);
    case 'productlevel':
      return text('RTM');
    case 'productmajorversion':
      return text('16');
    case 'productminorversion':
      return text('0');
    case 'edition':
      return text('Developer Edition (64-bit)');
    case 'engineedition':
      return integer(3);
    case 'collation':
      return text(defaultCollation);
    case 'servername':
    case 'machinename':
      return text(server.serverName);
    case 'isintegratedsecurityonly':
    case 'isclustered':
    case 'ishadrenabled':
    case 'issingleuser':
    case 'isfulltextinstalled':
      return integer(0);
    case 'processid':
      return integer(process.pid);
    default:
      return null;
  }
}

/** DATABASEPROPERTYEX; null for what is unknown. */
export function databaseProperty(database: Database, property: string): SqlValue {
  switch (property.toLowerCase()) {
    case 'collation':
      return text(database.collation ?? defaultCollation);
    case 'status':
      return text('ONLINE');
    case 'updateability':
      return text('READ_WRITE');
    case 'useraccess':
      return text(database.isForOne ? 'SINGLE_USER' : 'MULTI_USER');
    case 'recovery':
      return text(database.options.get('RECOVERY') ?? 'FULL');
    case 'version':
      return integer(957);
    default:
      return null;
  }
}
