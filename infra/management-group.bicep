// Reading for a whole management group, instead of subscription by subscription:
//   az deployment mg create --management-group-id GROUP --location REGION \
//     --template-file infra/management-group.bicep --parameters principalId=ID
targetScope = 'managementGroup'

@description('Object id of the app\'s identity: output PULLWATCH_PRINCIPAL_ID.')
param principalId string

@description('Read pods and their events in clusters with Azure RBAC.')
param clusters bool = true

var roles = loadJsonContent('roles.json')
var definitions = 'Microsoft.Authorization/roleDefinitions'
var reading = concat([roles.reader], clusters ? [roles.aksRbacReader, roles.aksClusterUser] : [])

resource read 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in reading: {
    name: guid(managementGroup().id, principalId, role)
    properties: {
      roleDefinitionId: tenantResourceId(definitions, role)
      principalId: principalId
      principalType: 'ServicePrincipal'
    }
  }
]
