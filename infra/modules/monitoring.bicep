// Where the app's logs go, who hears of alerts, and the workbook of capacity.

param token string
param location string
param tags object

@description('Where operational alerts go; empty for nobody.')
param alertEmail string

@description('Days of logs: the workbook looks back 90.')
param retentionDays int

@description('GB of logs a day, after which no more are taken; -1 for no cap.')
param dailyCapGB int

param appPrincipalId string

var roles = loadJsonContent('../roles.json')
var definitions = 'Microsoft.Authorization/roleDefinitions'

resource logs 'Microsoft.OperationalInsights/workspaces@2025-02-01' = {
  name: 'log-pullwatch-${token}'
  location: location
  tags: tags
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: retentionDays
    features: { disableLocalAuth: true, enableLogAccessUsingOnlyResourcePermissions: true }
    workspaceCapping: { dailyQuotaGb: dailyCapGB }
  }
}

resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: 'appi-pullwatch-${token}'
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: logs.id
    DisableLocalAuth: true
  }
}

resource publish 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(insights.id, appPrincipalId, roles.metricsPublisher)
  scope: insights
  properties: {
    roleDefinitionId: subscriptionResourceId(definitions, roles.metricsPublisher)
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
  }
}

resource operators 'Microsoft.Insights/actionGroups@2023-01-01' = if (!empty(alertEmail)) {
  name: 'ag-pullwatch-${token}'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'pullwatch'
    enabled: true
    emailReceivers: [
      { name: 'operators', emailAddress: alertEmail, useCommonAlertSchema: true }
    ]
  }
}

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(resourceGroup().id, 'pullwatch-capacity')
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    displayName: 'Pullwatch: capacity of registries'
    category: 'workbook'
    sourceId: logs.id
    serializedData: loadTextContent('../workbooks/capacity.json')
  }
}

output logsId string = logs.id
output insightsName string = insights.name
output actionGroupId string = empty(alertEmail) ? '' : operators.id
