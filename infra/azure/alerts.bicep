// Alert rules of the workers, on the metrics that they send to Application Insights (docs/operating.md, "Watch").
//   az deployment group create --resource-group rg-hartonomous-prod --template-file alerts.bicep \
//     --parameters componentName=appi-hartonomous actionGroupIds='["/subscriptions/.../actionGroups/operators"]'

@description('Name of the Application Insights component, in this resource group.')
param componentName string

@description('Action groups that are told.')
param actionGroupIds array = []

@description('Workers that must be heard of: the names of their programs.')
param workers array = [
  'neo4j-sync-worker'
  'ces-consumer'
]

@description('Most messages that may wait in a queue for five minutes.')
param deepQueue int = 1000

@description('Most seconds that the oldest message may wait.')
param oldestSeconds int = 300

param location string = resourceGroup().location

resource component 'Microsoft.Insights/components@2020-02-02' existing = {
  name: componentName
}

// A query without rows fires nothing, so silence is made a row: one for each worker, whether or not it is heard of.
var heard = [
  for worker in workers: {
    name: 'silent-${worker}'
    text: '${worker} has not been heard of for 5 minutes'
    severity: 1
    query: 'print Heard = toscalar(AppMetrics | where Name == "worker.ready" and AppRoleName endswith "${worker}" | count)'
    column: 'Heard'
    operator: 'LessThan'
    threshold: 1
  }
]

var rules = [
  {
    name: 'not-ready'
    text: 'A worker is not ready: a server is away, or nothing is received'
    severity: 1
    query: 'AppMetrics | where Name == "worker.ready" | summarize Ready = max(Sum / ItemCount) by AppRoleName, AppRoleInstance'
    column: 'Ready'
    operator: 'LessThan'
    threshold: 1
  }
  {
    name: 'deep-queue'
    text: 'More than ${deepQueue} messages have waited in a queue for 5 minutes'
    severity: 2
    query: 'AppMetrics | where Name == "service_broker.queue.depth" | summarize Depth = min(Sum / ItemCount) by tostring(Properties["queue"])'
    column: 'Depth'
    operator: 'GreaterThan'
    threshold: deepQueue
  }
  {
    name: 'oldest-message'
    text: 'A message has waited for more than ${oldestSeconds} seconds'
    severity: 2
    query: 'AppMetrics | where Name == "service_broker.queue.oldest_message.age" | summarize Age = max(Sum / ItemCount) by tostring(Properties["queue"])'
    column: 'Age'
    operator: 'GreaterThan'
    threshold: oldestSeconds
  }
  {
    name: 'dead-letters'
    text: 'Messages were put away as dead letters'
    severity: 2
    query: 'AppMetrics | where Name in ("hartonomous.sync.messages.dead_lettered", "hartonomous.ingestion.dead_lettered") | summarize Letters = sum(Sum)'
    column: 'Letters'
    operator: 'GreaterThan'
    threshold: 0
  }
  {
    name: 'stale-changes'
    text: 'More than a tenth of the changes were older than the graph: is the sequence behind it? (hartonomous doctor)'
    severity: 1
    query: 'AppMetrics | where Name == "hartonomous.sync.entities" | summarize Stale = sumif(Sum, tostring(Properties["outcome"]) == "stale"), All = sum(Sum) | where All > 20 | project Share = 100.0 * Stale / All'
    column: 'Share'
    operator: 'GreaterThan'
    threshold: 10
  }
  {
    name: 'rollbacks'
    text: 'Transactions that had received messages were rolled back again and again'
    severity: 2
    query: 'AppMetrics | where Name == "service_broker.rollbacks" | summarize Rollbacks = sum(Sum)'
    column: 'Rollbacks'
    operator: 'GreaterThan'
    threshold: 10
  }
]

resource alerts 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for rule in concat(heard, rules): {
    name: 'hartonomous-${rule.name}'
    location: location
    kind: 'LogAlert'
    properties: {
      displayName: 'Hartonomous: ${rule.text}'
      severity: rule.severity
      enabled: true
      scopes: [
        component.id
      ]
      evaluationFrequency: 'PT5M'
      windowSize: 'PT5M'
      criteria: {
        allOf: [
          {
            query: rule.query
            timeAggregation: 'Maximum'
            metricMeasureColumn: rule.column
            operator: rule.operator
            threshold: rule.threshold
            failingPeriods: {
              numberOfEvaluationPeriods: 1
              minFailingPeriodsToAlert: 1
            }
          }
        ]
      }
      autoMitigate: true
      actions: {
        actionGroups: actionGroupIds
      }
    }
  }
]
