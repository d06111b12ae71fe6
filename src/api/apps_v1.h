// Deployments, ReplicaSets, StatefulSets, DaemonSets and their revisions. Short names for what is
// unique among the groups; appsv1:: for the rest.
#ifndef DRYDOCK_SRC_API_APPS_V1_H_
#define DRYDOCK_SRC_API_APPS_V1_H_

#include "src/api/apps/v1/apps.pb.h"  // IWYU pragma: export

namespace drydock::api {

namespace appsv1 = ::k8s::io::api::apps::v1;

using appsv1::ControllerRevision;
using appsv1::ControllerRevisionList;
using appsv1::DaemonSet;
using appsv1::DaemonSetCondition;
using appsv1::DaemonSetList;
using appsv1::DaemonSetSpec;
using appsv1::DaemonSetStatus;
using appsv1::DaemonSetUpdateStrategy;
using appsv1::Deployment;
using appsv1::DeploymentCondition;
using appsv1::DeploymentList;
using appsv1::DeploymentSpec;
using appsv1::DeploymentStatus;
using appsv1::DeploymentStrategy;
using appsv1::ReplicaSet;
using appsv1::ReplicaSetCondition;
using appsv1::ReplicaSetList;
using appsv1::ReplicaSetSpec;
using appsv1::ReplicaSetStatus;
using appsv1::RollingUpdateDaemonSet;
using appsv1::RollingUpdateDeployment;
using appsv1::RollingUpdateStatefulSetStrategy;
using appsv1::StatefulSet;
using appsv1::StatefulSetCondition;
using appsv1::StatefulSetList;
using appsv1::StatefulSetOrdinals;
using appsv1::StatefulSetPersistentVolumeClaimRetentionPolicy;
using appsv1::StatefulSetSpec;
using appsv1::StatefulSetStatus;
using appsv1::StatefulSetUpdateStrategy;

}  // namespace drydock::api

#endif  // DRYDOCK_SRC_API_APPS_V1_H_
