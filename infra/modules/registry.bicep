// One registry: what the app may read of it.
// Deployed where the registry is, which may be another subscription of the same tenant.

param registryName string
@description('Whether the registry is in ABAC mode (roleAssignmentMode AbacRepositoryPermissions).')
param abac bool

param appPrincipalId string

@description('Let the app lock images before a clean-up deletes them.')
param protect bool

var roles = loadJsonContent('../roles.json')
var definitions = 'Microsoft.Authorization/roleDefinitions'

// Reader, on the subscription, reads settings and in RBAC mode images; in ABAC mode it opens none
var reading = abac ? [roles.repositoryReader, roles.repositoryCatalogLister] : []

resource registry 'Microsoft.ContainerRegistry/registries@2025-04-01' existing = {
  name: registryName
}

resource read 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in reading: {
    name: guid(registry.id, appPrincipalId, role)
    scope: registry
    properties: {
      roleDefinitionId: subscriptionResourceId(definitions, role)
      principalId: appPrincipalId
      principalType: 'ServicePrincipal'
    }
  }
]

// Locks are metadata: a right of its own in either mode, which no built-in role has alone
resource locker 'Microsoft.Authorization/roleDefinitions@2022-04-01' = if (protect) {
  name: guid(resourceGroup().id, registryName, 'pullwatch-locks')
  properties: {
    roleName: 'Pullwatch image locks ${registryName} ${uniqueString(registry.id)}'
    description: 'Locks images before a clean-up deletes them.'
    type: 'CustomRole'
    assignableScopes: [resourceGroup().id]
    permissions: [
      {
        actions: abac ? [] : ['Microsoft.ContainerRegistry/registries/metadata/write']
        dataActions: abac ? ['Microsoft.ContainerRegistry/registries/repositories/metadata/write'] : []
      }
    ]
  }
}

resource lock 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (protect) {
  name: guid(registry.id, appPrincipalId, 'pullwatch-locks')
  scope: registry
  properties: {
    roleDefinitionId: locker.id
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
  }
}
