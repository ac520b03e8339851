// Exit code 1 when a package was changed and no changeset says what its users will see of that.
import { fileURLToPath } from 'node:url';
import { checkChangesets } from './changesets/check-changesets.ts';

const { exitCode, output } = checkChangesets(fileURLToPath(new URL('../../..', import.meta.url)), process.env);
(exitCode === 0 ? process.stdout : process.stderr).write(output);
process.exitCode = exitCode;
