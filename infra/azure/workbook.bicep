// A workbook on what the workers send to Application Insights, with the panels of deploy/grafana/hartonomous-workers.json.
//   az deployment group create --resource-group rg-hartonomous-prod --template-file workbook.bicep \
//     --parameters componentName=appi-hartonomous

@description('Name of the Application Insights component, in this resource group.')
param componentName string

@description('What the workbook is called in the portal.')
param displayName string = 'Hartonomous workers'

param location string = resourceGroup().location

resource component 'Microsoft.Insights/components@2020-02-02' existing = {
  name: componentName
}

var panels = [
  {
    title: 'Ready'
    query: 'AppMetrics | where Name == "worker.ready" | summarize Ready = min(Sum / ItemCount) by bin(TimeGenerated, 1m), AppRoleName'
    view: 'timechart'
  }
  {
    title: 'Servers that are away'
    query: 'AppMetrics | where Name == "service_broker.circuit.open" | summarize Away = max(Sum / ItemCount) by bin(TimeGenerated, 1m), Dependency = tostring(Properties["dependency"])'
    view: 'timechart'
  }
  {
    title: 'Messages that wait'
    query: 'AppMetrics | where Name == "service_broker.queue.depth" | summarize Messages = max(Sum / ItemCount) by bin(TimeGenerated, 1m), Queue = tostring(Properties["queue"])'
    view: 'timechart'
  }
  {
    title: 'Age of the oldest message'
    query: 'AppMetrics | where Name == "service_broker.queue.oldest_message.age" | summarize Seconds = max(Sum / ItemCount) by bin(TimeGenerated, 1m), Queue = tostring(Properties["queue"])'
    view: 'timechart'
  }
  {
    title: 'Messages received'
    query: 'AppMetrics | where Name == "service_broker.received.messages" | summarize Messages = sum(Sum) by bin(TimeGenerated, 1m), AppRoleName'
    view: 'timechart'
  }
  {
    title: 'From the change to the graph'
    query: 'AppMetrics | where Name == "hartonomous.sync.age" | summarize Mean = sum(Sum) / sum(ItemCount), Most = max(Max) by bin(TimeGenerated, 1m)'
    view: 'timechart'
  }
  {
    title: 'Entities by outcome'
    query: 'AppMetrics | where Name == "hartonomous.sync.entities" | summarize Entities = sum(Sum) by bin(TimeGenerated, 1m), Outcome = tostring(Properties["outcome"])'
    view: 'barchart'
  }
  {
    title: 'Dead letters and rollbacks'
    query: 'AppMetrics | where Name in ("hartonomous.sync.messages.dead_lettered", "hartonomous.ingestion.dead_lettered", "service_broker.rollbacks") | summarize Count = sum(Sum) by bin(TimeGenerated, 5m), Name'
    view: 'barchart'
  }
  {
    title: 'Time of a batch by stage'
    query: 'AppMetrics | where Name == "hartonomous.sync.stage.duration" | summarize Seconds = sum(Sum) / sum(ItemCount) by bin(TimeGenerated, 1m), Stage = tostring(Properties["stage"])'
    view: 'timechart'
  }
  {
    title: 'Files'
    query: 'AppMetrics | where Name == "hartonomous.ingestion.files" | summarize Files = sum(Sum) by bin(TimeGenerated, 5m), Outcome = tostring(Properties["outcome"])'
    view: 'barchart'
  }
  {
    title: 'Embeddings that wait, and their age'
    query: 'AppMetrics | where Name in ("hartonomous.embedding.waiting", "hartonomous.embedding.oldest_age") | summarize Number = max(Sum / ItemCount) by bin(TimeGenerated, 1m), Name'
    view: 'timechart'
  }
  {
    title: 'Memory'
    query: 'AppMetrics | where Name == "process.memory.usage" | summarize Bytes = max(Sum / ItemCount) by bin(TimeGenerated, 1m), AppRoleName'
    view: 'timechart'
  }
  {
    title: 'The latest warnings and errors'
    query: 'AppTraces | where SeverityLevel >= 2 | project TimeGenerated, AppRoleName, SeverityLevel, Message | order by TimeGenerated desc | take 50'
    view: 'table'
  }
]

// The parts of a workbook's serialized data: the time range first, then a query for each panel.
var range = {
  type: 9
  name: 'range'
  content: {
    version: 'KqlParameterItem/1.0'
    style: 'pills'
    parameters: [
      {
        id: guid(componentName, 'range')
        version: 'KqlParameterItem/1.0'
        name: 'Range'
        label: 'Time range'
        type: 4
        isRequired: true
        value: {
          durationMs: 10800000
        }
        typeSettings: {
          selectableValues: [
            {
              durationMs: 3600000
            }
            {
              durationMs: 10800000
            }
            {
              durationMs: 86400000
            }
            {
              durationMs: 604800000
            }
          ]
          allowCustom: true
        }
      }
    ]
  }
}

var items = [
  for (panel, index) in panels: {
    type: 3
    name: 'panel-${index}'
    customWidth: panel.view == 'table' ? '100' : '50'
    content: {
      version: 'KqlItem/1.0'
      title: panel.title
      query: panel.query
      size: 0
      timeContextFromParameter: 'Range'
      queryType: 0
      resourceType: 'microsoft.insights/components'
      visualization: panel.view
    }
  }
]

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(resourceGroup().id, componentName, 'hartonomous-workers')
  location: location
  kind: 'shared'
  properties: {
    displayName: displayName
    category: 'workbook'
    sourceId: component.id
    serializedData: string({
      version: 'Notebook/1.0'
      items: concat([ range ], items)
      fallbackResourceIds: [
        component.id
      ]
    })
  }
}

output workbookId string = workbook.id
