// Roles and their bindings. Short names for what is unique among the groups; rbacv1:: for the
// rest.
#ifndef DRYDOCK_SRC_API_RBAC_V1_H_
#define DRYDOCK_SRC_API_RBAC_V1_H_

#include "src/api/rbac/v1/rbac.pb.h"  // IWYU pragma: export

namespace drydock::api {

namespace rbacv1 = ::k8s::io::api::rbac::v1;

using rbacv1::AggregationRule;
using rbacv1::ClusterRole;
using rbacv1::ClusterRoleBinding;
using rbacv1::ClusterRoleBindingList;
using rbacv1::ClusterRoleList;
using rbacv1::PolicyRule;
using rbacv1::Role;
using rbacv1::RoleBinding;
using rbacv1::RoleBindingList;
using rbacv1::RoleList;
using rbacv1::RoleRef;

}  // namespace drydock::api

#endif  // DRYDOCK_SRC_API_RBAC_V1_H_
