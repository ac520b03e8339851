import { hostname, userInfo } from 'node:os';

/** Characters that columns for names of people have; SQL Server cuts what a parameter is too short for silently. */
export const longestOperatorName = 128;

/** What the system says of itself and of who runs this process. */
interface OperatorSource {
  hostname(): string;
  userInfo(): { readonly username: string };
}

/** Who runs this command, as `USER@HOST`. In containers the account may have a number and no name. */
export function operatorName(source: OperatorSource = { hostname, userInfo }): string {
  return `${accountName(source)}@${source.hostname()}`.slice(0, longestOperatorName);
}

function accountName(source: OperatorSource): string {
  try {
    return source.userInfo().username;
  } catch {
    return `uid-${process.getuid?.() ?? 'unknown'}`;
  }
}
