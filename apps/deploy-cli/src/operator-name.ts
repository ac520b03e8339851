import { hostname, userInfo } from 'node:os';

/** Characters that columns for names of people have; SQL Server cuts what a parameter is too short for silently. */
export const longestOperatorName = 128;

/** Who runs this command, as `USER@HOST`. In containers the account may have a number and no name. */
export function operatorName(): string {
  return `${accountName()}@${hostname()}`.slice(0, longestOperatorName);
}

function accountName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid-${process.getuid?.() ?? 'unknown'}`;
  }
}
