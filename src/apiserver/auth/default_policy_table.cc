// Facts: Kubernetes v1.35, plugin/pkg/auth/authorizer/rbac/bootstrappolicy.
#include "src/apiserver/auth/default_policy_table.h"

namespace drydock::apiserver {

const char kNodeRules[] = R"(
create authentication.k8s.io tokenreviews
create authorization.k8s.io subjectaccessreviews,localsubjectaccessreviews
read core services
create,get,list,watch core nodes
update,patch core nodes/status
update,patch core nodes
create,update,patch core events
read core pods
create,delete core pods
update,patch core pods/status
create core pods/eviction
read core secrets,configmaps
get core persistentvolumeclaims,persistentvolumes
get core endpoints
create,get,list,watch certificates.k8s.io certificatesigningrequests
get,create,update,patch,delete coordination.k8s.io leases
get storage.k8s.io volumeattachments
get,update,patch core persistentvolumeclaims/status
create core serviceaccounts/token
read storage.k8s.io csidrivers
get,create,update,patch,delete storage.k8s.io csinodes
read node.k8s.io runtimeclasses
get resource.k8s.io resourceclaims
deletecollection resource.k8s.io resourceslices
get,list,watch,create,update,patch,delete resource.k8s.io resourceslices
)";

namespace {

constexpr char kAdminRules[] = R"(
create authorization.k8s.io localsubjectaccessreviews
readwrite rbac.authorization.k8s.io roles,rolebindings
)";

constexpr char kEditRules[] = R"(
read core pods/attach,pods/proxy,pods/exec,pods/portforward,secrets,services/proxy
impersonate core serviceaccounts
write core pods,pods/attach,pods/proxy,pods/exec,pods/portforward
create core pods/eviction
write core replicationcontrollers,replicationcontrollers/scale,serviceaccounts,services,services/proxy,persistentvolumeclaims,configmaps,secrets,events
create core serviceaccounts/token
write apps statefulsets,statefulsets/scale,daemonsets,deployments,deployments/scale,deployments/rollback,replicasets,replicasets/scale
write autoscaling horizontalpodautoscalers
write batch jobs,cronjobs
write extensions daemonsets,deployments,deployments/scale,deployments/rollback,ingresses,replicasets,replicasets/scale,replicationcontrollers/scale,networkpolicies
write policy poddisruptionbudgets
write networking.k8s.io networkpolicies,ingresses
readwrite coordination.k8s.io leases
write resource.k8s.io resourceclaims,resourceclaimtemplates
)";

constexpr char kViewRules[] = R"(
read core pods,replicationcontrollers,replicationcontrollers/scale,serviceaccounts,services,services/status,endpoints,persistentvolumeclaims,persistentvolumeclaims/status,configmaps
read core limitranges,resourcequotas,bindings,events,pods/status,resourcequotas/status,namespaces/status,replicationcontrollers/status,pods/log
read core namespaces
read discovery.k8s.io endpointslices
read apps controllerrevisions,statefulsets,statefulsets/status,statefulsets/scale,daemonsets,daemonsets/status,deployments,deployments/status,deployments/scale,replicasets,replicasets/status,replicasets/scale
read autoscaling horizontalpodautoscalers,horizontalpodautoscalers/status
read batch jobs,cronjobs,cronjobs/status,jobs/status
read extensions daemonsets,daemonsets/status,deployments,deployments/scale,deployments/status,ingresses,ingresses/status,replicasets,replicasets/scale,replicasets/status,replicationcontrollers/scale,networkpolicies
read policy poddisruptionbudgets,poddisruptionbudgets/status
read networking.k8s.io networkpolicies,ingresses,ingresses/status
read resource.k8s.io resourceclaims,resourceclaims/status,resourceclaimtemplates
)";

constexpr char kControllerManagerRules[] = R"(
events
create coordination.k8s.io leases
get,update coordination.k8s.io leases kube-controller-manager
create core secrets,serviceaccounts
delete core secrets
get core namespaces,secrets,serviceaccounts,configmaps
update core secrets,serviceaccounts
create authentication.k8s.io tokenreviews
create authorization.k8s.io subjectaccessreviews
list,watch * *
create core serviceaccounts/token
)";

constexpr char kSchedulerRules[] = R"(
events
create coordination.k8s.io leases
get,update coordination.k8s.io leases kube-scheduler
read core nodes
get,list,watch,delete core pods
create core pods/binding,bindings
patch,update core pods/status
read core services,replicationcontrollers
read apps,extensions replicasets
read apps statefulsets
read policy poddisruptionbudgets
read core persistentvolumeclaims,persistentvolumes
create authentication.k8s.io tokenreviews
create authorization.k8s.io subjectaccessreviews
read storage.k8s.io csinodes
read core namespaces
read storage.k8s.io csidrivers
read storage.k8s.io csistoragecapacities
read storage.k8s.io volumeattachments
read resource.k8s.io deviceclasses
readupdate resource.k8s.io resourceclaims
update,patch resource.k8s.io resourceclaims/status
read resource.k8s.io resourceslices
update core pods/finalizers
)";

constexpr DefaultRole kClusterRoles[] = {
    {.name = "cluster-admin", .rules = "* * *\n* url *", .bound_to = "group:system:masters"},
    {.name = "system:discovery",
     .rules = "get url /livez,/readyz,/healthz,/version,/version/,/openapi,/openapi/*,/api,/api/*,"
              "/apis,/apis/*",
     .bound_to = "group:system:authenticated"},
    {.name = "system:monitoring",
     .rules = "get url /metrics,/metrics/slis,/livez,/readyz,/healthz,/livez/*,/readyz/*,"
              "/healthz/*",
     .bound_to = "group:system:monitoring"},
    {.name = "system:basic-user",
     .rules = "create authorization.k8s.io selfsubjectaccessreviews,selfsubjectrulesreviews\n"
              "create authentication.k8s.io selfsubjectreviews",
     .bound_to = "group:system:authenticated"},
    {.name = "system:public-info-viewer",
     .rules = "get url /livez,/readyz,/healthz,/version,/version/",
     .bound_to = "group:system:authenticated,group:system:unauthenticated"},
    {.name = "admin", .rules = "", .aggregates = "admin"},
    {.name = "edit", .rules = "", .aggregate_to = "admin", .aggregates = "edit"},
    {.name = "view", .rules = "", .aggregate_to = "edit", .aggregates = "view"},
    {.name = "system:aggregate-to-admin", .rules = kAdminRules, .aggregate_to = "admin"},
    {.name = "system:aggregate-to-edit", .rules = kEditRules, .aggregate_to = "edit"},
    {.name = "system:aggregate-to-view", .rules = kViewRules, .aggregate_to = "view"},
    {.name = "system:node", .rules = kNodeRules, .bound_to = ""},
    {.name = "system:node-problem-detector",
     .rules = "get core nodes\npatch core nodes/status\nevents"},
    {.name = "system:kubelet-api-admin",
     .rules = "read core nodes\nproxy core nodes\n"
              "* core nodes/proxy,nodes/metrics,nodes/stats,nodes/log,nodes/healthz,"
              "nodes/configz,nodes/pods"},
    {.name = "system:node-bootstrapper",
     .rules = "create,get,list,watch certificates.k8s.io certificatesigningrequests"},
    {.name = "system:auth-delegator",
     .rules = "create authentication.k8s.io tokenreviews\n"
              "create authorization.k8s.io subjectaccessreviews"},
    {.name = "system:kube-aggregator", .rules = "read core services,endpoints"},
    {.name = "system:kube-controller-manager",
     .rules = kControllerManagerRules,
     .bound_to = "user:system:kube-controller-manager"},
    {.name = "system:kube-dns",
     .rules = "list,watch core endpoints,services",
     .bound_to = "sa:kube-system/kube-dns"},
    {.name = "system:persistent-volume-provisioner",
     .rules = "get,list,watch,create,delete core persistentvolumes\n"
              "get,list,watch,update core persistentvolumeclaims\n"
              "read storage.k8s.io storageclasses\nwatch core events\nevents"},
    {.name = "system:certificates.k8s.io:certificatesigningrequests:nodeclient",
     .rules = "create certificates.k8s.io certificatesigningrequests/nodeclient"},
    {.name = "system:certificates.k8s.io:certificatesigningrequests:selfnodeclient",
     .rules = "create certificates.k8s.io certificatesigningrequests/selfnodeclient"},
    {.name = "system:volume-scheduler",
     .rules = "readupdate core persistentvolumes\nread storage.k8s.io storageclasses\n"
              "readupdate core persistentvolumeclaims",
     .bound_to = "user:system:kube-scheduler"},
    {.name = "system:certificates.k8s.io:legacy-unknown-approver",
     .rules = "approve certificates.k8s.io signers kubernetes.io/legacy-unknown"},
    {.name = "system:certificates.k8s.io:kubelet-serving-approver",
     .rules = "approve certificates.k8s.io signers kubernetes.io/kubelet-serving"},
    {.name = "system:certificates.k8s.io:kube-apiserver-client-approver",
     .rules = "approve certificates.k8s.io signers kubernetes.io/kube-apiserver-client"},
    {.name = "system:certificates.k8s.io:kube-apiserver-client-kubelet-approver",
     .rules = "approve certificates.k8s.io signers kubernetes.io/kube-apiserver-client-kubelet"},
    {.name = "system:service-account-issuer-discovery",
     .rules = "get url /.well-known/openid-configuration,/.well-known/openid-configuration/,"
              "/openid/v1/jwks,/openid/v1/jwks/",
     .bound_to = "group:system:serviceaccounts"},
    {.name = "system:node-proxier",
     .rules = "list,watch core services,endpoints\nread core nodes\nevents\n"
              "list,watch discovery.k8s.io endpointslices\n"
              "list,watch networking.k8s.io servicecidrs",
     .bound_to = "user:system:kube-proxy"},
    {.name = "system:kube-scheduler",
     .rules = kSchedulerRules,
     .bound_to = "user:system:kube-scheduler"},
};

constexpr NamespacedRole kNamespacedRoles[] = {
    {.ns = "kube-system",
     .name = "extension-apiserver-authentication-reader",
     .rules = "read core configmaps extension-apiserver-authentication",
     .bound_to = "user:system:kube-controller-manager,user:system:kube-scheduler",
     .binding_name = "system::extension-apiserver-authentication-reader"},
    {.ns = "kube-system",
     .name = "system:controller:bootstrap-signer",
     .rules = "read core secrets",
     .bound_to = "sa:kube-system/bootstrap-signer"},
    {.ns = "kube-system",
     .name = "system:controller:cloud-provider",
     .rules = "create,get,list,watch core configmaps",
     .bound_to = "sa:kube-system/cloud-provider"},
    {.ns = "kube-system",
     .name = "system:controller:token-cleaner",
     .rules = "get,list,watch,delete core secrets\nevents",
     .bound_to = "sa:kube-system/token-cleaner"},
    {.ns = "kube-system",
     .name = "system::leader-locking-kube-controller-manager",
     .rules = "watch core configmaps\nget,update core configmaps kube-controller-manager",
     .bound_to = "user:system:kube-controller-manager,sa:kube-system/kube-controller-manager"},
    {.ns = "kube-system",
     .name = "system::leader-locking-kube-scheduler",
     .rules = "watch core configmaps\nget,update core configmaps kube-scheduler",
     .bound_to = "user:system:kube-scheduler,sa:kube-system/kube-scheduler"},
    {.ns = "kube-public",
     .name = "system:controller:bootstrap-signer",
     .rules = "read core configmaps\nupdate core configmaps cluster-info\nevents",
     .bound_to = "sa:kube-system/bootstrap-signer"},
};

}  // namespace

absl::Span<const DefaultRole> DefaultClusterRoles() { return kClusterRoles; }

absl::Span<const NamespacedRole> DefaultNamespacedRoles() { return kNamespacedRoles; }

}  // namespace drydock::apiserver
