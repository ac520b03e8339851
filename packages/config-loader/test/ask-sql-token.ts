// What a worker does with a Microsoft Entra login, in a process of its own: resolves the options and asks for a token.
import { parseSqlConnectionString, resolveMssqlOptions } from '../src/index.ts';

const settings = parseSqlConnectionString(process.env.CONNECTION_STRING ?? '');
const options = await resolveMssqlOptions(settings, { hasOdbcDriver: async () => false });
const authentication = options.driver === 'tedious' ? options.authentication : undefined;
// The scope that tedious asks for.
const token = await authentication?.options.credential.getToken('https://database.windows.net/.default');
console.log(`${authentication?.type}, a token of the emulator: ${token !== null && token !== undefined}`);
