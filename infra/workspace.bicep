// A workspace that gets a registry's logs: the app asks it who pulled and who deleted.

param workspaceName string
param principalId string

var roles = loadJsonContent('roles.json')
var definitions = 'Microsoft.Authorization/roleDefinitions'

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-02-01' existing = {
  name: workspaceName
}

// Reader tells the workspace's id; the data has a role of its own
resource read 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in [roles.reader, roles.logsReader]: {
    name: guid(workspace.id, principalId, role)
    scope: workspace
    properties: {
      roleDefinitionId: subscriptionResourceId(definitions, role)
      principalId: principalId
      principalType: 'ServicePrincipal'
    }
  }
]
