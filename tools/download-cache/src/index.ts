export { cacheFolder } from './cache-folder.ts';
export { cachedFolder, type FolderRequest } from './cached-folder.ts';
export { type CommandResult, lastLines, type RunCommandOptions, runCommand } from './run-command.ts';
export { runMaven } from './run-maven.ts';
