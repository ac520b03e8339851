import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '@hartonomous/test-support';
import { describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { programArtifacts } from '../src/artifact-list.ts';

type Mapping = Readonly<Record<string, unknown>>;

const text = (path: string) => readFileSync(join(repositoryRoot, path), 'utf8');
const documents = (path: string) => parseAllDocuments(text(path), { merge: true }).map((one) => one.toJS() as Mapping);
const compose = parse(text('deploy/compose/compose.yaml'), { merge: true }) as {
  readonly services: Readonly<Record<string, Mapping & { readonly environment?: Readonly<Record<string, string>> }>>;
};
const dockerfile = text('deploy/container/Dockerfile');
/** What runs until it is stopped. */
const services = programArtifacts.filter(({ name }) => name !== 'deploy-cli');
const workers = services.filter(({ name }) => name !== 'api');

/** Settings of a program, as its schema has them. */
function hasSetting(app: string, variable: string): boolean {
  let schema = JSON.parse(text(`${app}/appsettings.schema.json`)) as Mapping;
  for (const name of variable.split('__')) {
    const properties = (schema.properties ?? {}) as Readonly<Record<string, Mapping>>;
    const found = properties[name];
    if (found === undefined) return false;
    schema = found;
  }
  return true;
}

const healthPort = (app: string) =>
  (JSON.parse(text(`${app}/appsettings.json`)) as { readonly Health: { readonly Port: number } }).Health.Port;

describe.each(services)('$name in Kubernetes', ({ name, app }) => {
  const [deployment] = documents(`deploy/kubernetes/${name}.yaml`);
  const pod = (deployment as { spec: { template: { spec: Mapping & { containers: Mapping[] } } } }).spec.template.spec;
  const [container] = pod.containers;

  test('has its settings, its port and its image', () => {
    const env = container?.env as { readonly name: string }[];
    expect(env.map((one) => one.name).filter((one) => !hasSetting(app, one))).toEqual([]);
    expect(container?.ports).toEqual([
      { name: 'health', containerPort: healthPort(app) },
      ...(name === 'api' ? [{ name: 'http', containerPort: 8080 }] : []),
    ]);
    expect(container?.image).toBe(`hartonomous/${name}`);
    expect(text('deploy/kubernetes/kustomization.yaml')).toContain(`- ${name}.yaml`);
  });

  test('runs with no more rights than it needs', () => {
    expect(pod).toMatchObject({ automountServiceAccountToken: false, securityContext: { runAsNonRoot: true } });
    expect(container?.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
  });

  test('has time to drain', () => {
    const schema = JSON.parse(text(`${app}/appsettings.json`)) as {
      readonly Worker?: { readonly StopDeadlineMs?: number };
      readonly Api?: { readonly StopDeadlineMs?: number };
    };
    const deadlineMs = schema.Worker?.StopDeadlineMs ?? schema.Api?.StopDeadlineMs ?? 20_000;
    expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(deadlineMs / 1000);
  });
});

test('every worker is scaled by KEDA', () => {
  const scaled = documents('deploy/kubernetes/scaling.yaml').filter(({ kind }) => kind === 'ScaledObject');
  const targets = scaled.map((one) => (one.spec as { scaleTargetRef: { name: string } }).scaleTargetRef.name);
  expect(targets.sort()).toEqual(workers.map(({ name }) => name).sort());
});

test('the trial in containers has every program, with settings that it has', () => {
  const images = Object.values(compose.services).map(({ image }) => image);
  expect(images).toEqual(
    expect.arrayContaining([...services.map(({ name }) => `hartonomous/${name}`), 'hartonomous/deploy-cli']),
  );
  for (const { name, app } of services) {
    const service = compose.services[name];
    expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'] });
    expect(Object.keys(service?.environment ?? {}).filter((one) => !hasSetting(app, one))).toEqual([]);
    const build = service?.build as { readonly args: Mapping };
    expect(build.args).toEqual({ ARTIFACT: name, HEALTH_PORT: healthPort(app) });
  }
});

test('the API listens beyond its container, with a login of its own', () => {
  const [deployment, service] = documents('deploy/kubernetes/api.yaml');
  expect(JSON.stringify(deployment)).toContain('sql-for-api');
  expect(service).toMatchObject({ kind: 'Service', spec: { ports: [{ port: 80, targetPort: 'http' }] } });
  expect(compose.services.api?.environment).toMatchObject({
    Api__Host: '0.0.0.0',
    ConnectionStrings__HartonomousDb: expect.stringContaining('User Id=hartonomous-api;'),
  });
  for (const role of ['HartonomousWorker', 'HartonomousApi'])
    expect(text('deploy/compose/logins.sql')).toContain(`ALTER ROLE [${role}] ADD MEMBER`);
});

test('no password is in the files', () => {
  for (const [name, { environment = {} }] of Object.entries(compose.services)) {
    for (const [variable, value] of Object.entries(environment)) {
      if (/password|AUTH|ConnectionStrings/i.test(variable))
        expect(value, `${name}: ${variable}`).toMatch(/\$\{\w+:\?/);
    }
  }
});

test('images run as a user that is not root, and say how they are', () => {
  const stages = dockerfile.split(/^FROM /m).slice(1);
  expect(stages).toHaveLength(3);
  expect(stages[0]).toMatch(/^USER 1000:1000$/m);
  expect(dockerfile.match(/^USER /gm)).toHaveLength(1);
  expect(stages[2]).toMatch(/^HEALTHCHECK /m);
  expect(stages[1]).not.toMatch(/^HEALTHCHECK /m);
});
