import type { ConfigurationSource } from './configuration-source.ts';
import type { EnvironmentVariables } from './environment-source.ts';

/** The environment of a run, and why it is this one. */
export interface EnvironmentChoice {
  /** Picks `appsettings.{name}.json`. */
  readonly name: string;
  /** What named it: `--environment`, or the variable. Undefined: nothing did, and this is the default. */
  readonly chosenBy?: string;
}

const variables = ['DOTNET_ENVIRONMENT', 'ASPNETCORE_ENVIRONMENT'] as const;

/**
 * The environment: what the caller was given as `--environment`, else `--environment` among the settings of the command line, else
 * `DOTNET_ENVIRONMENT`, else `ASPNETCORE_ENVIRONMENT`, else `Production`, so that a machine where nothing is set gets the careful
 * settings. An empty name counts as none.
 */
export function chooseEnvironment(
  env: EnvironmentVariables,
  commandLine?: ConfigurationSource,
  given?: string,
): EnvironmentChoice {
  const option = given || commandLine?.entries.findLast((entry) => entry.key.toLowerCase() === 'environment')?.value;
  if (option) return { name: option, chosenBy: '--environment' };
  for (const variable of variables) {
    const name = lookUp(env, variable);
    if (name) return { name, chosenBy: variable };
  }
  return { name: 'Production' };
}

/** Which environment this is, why, and what to do if it isn't the one that was meant; whole sentences. */
export function describeEnvironment({ name, chosenBy }: EnvironmentChoice): string {
  if (chosenBy !== undefined) return `This is environment ${name}, as ${chosenBy} says.`;
  return (
    `This is environment ${name}, the default: there is no --environment, and neither ${variables.join(' nor ')} is set. ` +
    "On a developer's machine set DOTNET_ENVIRONMENT=Development."
  );
}

function lookUp(env: EnvironmentVariables, name: string): string | undefined {
  return env[name] ?? Object.entries(env).find(([variable]) => variable.toUpperCase() === name)?.[1];
}
