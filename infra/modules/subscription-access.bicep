// What the app may read in a subscription whose workloads it watches.
targetScope = 'subscription'

param principalId string

@description('Read pods and their events in clusters with Azure RBAC.')
param clusters bool

@description('Read the settings of web apps, secrets among them. Off unless somebody decides.')
param webAppSettings bool

var roles = loadJsonContent('../roles.json')
var definitions = 'Microsoft.Authorization/roleDefinitions'
var reading = concat([roles.reader], clusters ? [roles.aksRbacReader, roles.aksClusterUser] : [])

resource read 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in reading: {
    name: guid(subscription().id, principalId, role)
    properties: {
      roleDefinitionId: subscriptionResourceId(definitions, role)
      principalId: principalId
      principalType: 'ServicePrincipal'
    }
  }
]

resource settingsReader 'Microsoft.Authorization/roleDefinitions@2022-04-01' = if (webAppSettings) {
  name: guid(subscription().id, principalId, 'pullwatch-web-app-settings')
  properties: {
    roleName: 'Pullwatch web app settings ${uniqueString(subscription().id, principalId)}'
    description: 'Reads the settings of web apps: with which registry credentials they pull.'
    type: 'CustomRole'
    assignableScopes: [subscription().id]
    permissions: [
      {
        actions: [
          'Microsoft.Web/sites/config/list/action'
          'Microsoft.Web/sites/slots/config/list/action'
        ]
      }
    ]
  }
}

resource readSettings 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (webAppSettings) {
  name: guid(subscription().id, principalId, 'pullwatch-web-app-settings')
  properties: {
    roleDefinitionId: settingsReader.id
    principalId: principalId
    principalType: 'ServicePrincipal'
  }
}
