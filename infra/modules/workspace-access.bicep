// A workspace that gets a registry's logs: the app asks it who pulled and who deleted.

param workspaceName string
param principalId string

var roles = loadJsonContent('../roles.json')
var definitions = 'Microsoft.Authorization/roleDefinitions'

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-02-01' existing = {
  name: workspaceName
}

resource read 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(workspace.id, principalId, roles.logsReader)
  scope: workspace
  properties: {
    roleDefinitionId: subscriptionResourceId(definitions, roles.logsReader)
    principalId: principalId
    principalType: 'ServicePrincipal'
  }
}
