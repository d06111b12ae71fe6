// Roles, certificates, admission, priority and fairness.
#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "src/api/admissionregistration_v1.h"
#include "src/api/certificates_v1.h"
#include "src/api/flowcontrol_v1.h"
#include "src/api/rbac_v1.h"
#include "src/apiserver/printing/human_duration.h"
#include "src/apiserver/printing/printer.h"
#include "src/apiserver/printing/text.h"

namespace drydock::apiserver {
namespace {

constexpr Column kBindingColumns[] = {
    kNameColumn,
    {"Role", "string", "The role that is granted."},
    kAgeColumn,
    {"Users", "string", "The users that it is granted to.", 1},
    {"Groups", "string", "The groups that it is granted to.", 1},
    {"ServiceAccounts", "string", "The service accounts that it is granted to.", 1},
};

// Of RoleBindings and ClusterRoleBindings.
template <typename Binding>
void PrintRoleBinding(const Binding& binding, Row& row) {
  std::vector<std::string> users;
  std::vector<std::string> groups;
  std::vector<std::string> accounts;
  for (const api::rbacv1::Subject& subject : binding.subjects()) {
    if (subject.kind() == "ServiceAccount") {
      accounts.push_back(absl::StrCat(subject.namespace_(), "/", subject.name()));
    } else if (subject.kind() == "User") {
      users.push_back(subject.name());
    } else if (subject.kind() == "Group") {
      groups.push_back(subject.name());
    }
  }
  row.Text(binding.metadata().name())
      .Text(absl::StrCat(binding.role_ref().kind(), "/", binding.role_ref().name()))
      .Age(binding.metadata())
      .Text(absl::StrJoin(users, ", "))
      .Text(absl::StrJoin(groups, ", "))
      .Text(absl::StrJoin(accounts, ", "));
}

constexpr Column kSigningRequestColumns[] = {
    kNameColumn,
    kAgeColumn,
    {"SignerName", "string", "Who is asked to sign."},
    {"Requestor", "string", "Who asks."},
    {"RequestedDuration", "string", "For how long the certificate should be valid."},
    {"Condition", "string", "What has become of the request."},
};

std::string SigningRequestState(const api::CertificateSigningRequestStatus& status) {
  bool approved = false;
  bool denied = false;
  bool failed = false;
  for (const api::CertificateSigningRequestCondition& condition : status.conditions()) {
    approved = approved || condition.type() == "Approved";
    denied = denied || condition.type() == "Denied";
    failed = failed || condition.type() == "Failed";
  }
  return absl::StrCat(denied     ? "Denied"
                      : approved ? "Approved"
                                 : "Pending",
                      failed ? ",Failed" : "", status.certificate().empty() ? "" : ",Issued");
}

void PrintSigningRequest(const api::CertificateSigningRequest& request, Row& row) {
  const api::CertificateSigningRequestSpec& spec = request.spec();
  row.Text(request.metadata().name())
      .Age(request.metadata())
      .Text(TextOr(spec.signer_name(), kNone))
      .Text(spec.username())
      .Text(spec.has_expiration_seconds() ? HumanDuration(absl::Seconds(spec.expiration_seconds()))
                                          : kNone)
      .Text(SigningRequestState(request.status()));
}

constexpr Column kWebhookColumns[] = {
    kNameColumn,
    {"Webhooks", "integer", "The number of webhooks in the configuration."},
    kAgeColumn,
};

template <typename Configuration>
void PrintWebhooks(const Configuration& configuration, Row& row) {
  row.Text(configuration.metadata().name())
      .Number(configuration.webhooks_size())
      .Age(configuration.metadata());
}

constexpr Column kAdmissionPolicyColumns[] = {
    kNameColumn,
    {"Validations", "integer", "The number of rules of the policy."},
    {"ParamKind", "string", "The kind of objects that hold the policy's parameters."},
    kAgeColumn,
};

void PrintAdmissionPolicy(const api::ValidatingAdmissionPolicy& policy, Row& row) {
  const api::ValidatingAdmissionPolicySpec& spec = policy.spec();
  const api::ParamKind& kind = spec.param_kind();
  row.Text(policy.metadata().name())
      .Number(spec.validations_size())
      .Text(spec.has_param_kind() ? absl::StrCat(kind.api_version(), "/", kind.kind()) : kUnset)
      .Age(policy.metadata());
}

constexpr Column kAdmissionBindingColumns[] = {
    kNameColumn,
    {"PolicyName", "string", "The policy that is bound."},
    {"ParamRef", "string", "The objects that hold its parameters."},
    kAgeColumn,
};

std::string ParamText(const api::ValidatingAdmissionPolicyBindingSpec& spec) {
  if (!spec.has_param_ref()) return kUnset;
  const api::ParamRef& param = spec.param_ref();
  if (!param.name().empty()) {
    return absl::StrCat(TextOr(param.namespace_(), "*"), "/", param.name());
  }
  return param.has_selector() ? SelectorText(&param.selector()) : kUnset;
}

void PrintAdmissionBinding(const api::ValidatingAdmissionPolicyBinding& binding, Row& row) {
  row.Text(binding.metadata().name())
      .Text(binding.spec().policy_name())
      .Text(ParamText(binding.spec()))
      .Age(binding.metadata());
}

constexpr Column kFlowSchemaColumns[] = {
    kNameColumn,
    {"PriorityLevel", "string", "The priority level of the requests that match."},
    {"MatchingPrecedence", "string", "Which schema is asked first: the lowest number."},
    {"DistinguisherMethod", "string", "What makes a flow."},
    kAgeColumn,
    {"MissingPL", "string", "Whether the priority level does not exist."},
};

void PrintFlowSchema(const api::FlowSchema& schema, Row& row) {
  const api::FlowSchemaSpec& spec = schema.spec();
  absl::string_view missing = "?";
  for (const api::FlowSchemaCondition& condition : schema.status().conditions()) {
    if (condition.type() != "Dangling") continue;
    missing = condition.status();
    break;
  }
  row.Text(schema.metadata().name())
      .Text(spec.priority_level_configuration().name())
      .Number(spec.matching_precedence())
      .Text(spec.has_distinguisher_method() ? absl::string_view(spec.distinguisher_method().type())
                                            : kNone)
      .Age(schema.metadata())
      .Text(missing);
}

// The order in which requests are matched.
bool FlowSchemaBefore(const google::protobuf::Message& a, const google::protobuf::Message& b) {
  const auto key = [](const google::protobuf::Message& message) {
    const auto& schema = static_cast<const api::FlowSchema&>(message);
    return std::tuple<int32_t, absl::string_view>(schema.spec().matching_precedence(),
                                                  schema.metadata().name());
  };
  return key(a) < key(b);
}

constexpr Column kPriorityLevelColumns[] = {
    kNameColumn,
    {"Type", "string", "Whether requests of the level are limited."},
    {"NominalConcurrencyShares", "string", "The level's share of the server."},
    {"Queues", "string", "The number of queues."},
    {"HandSize", "string", "How many queues a flow is dealt."},
    {"QueueLengthLimit", "string", "How many requests may wait in a queue."},
    kAgeColumn,
};

void PrintPriorityLevel(const api::PriorityLevelConfiguration& level, Row& row) {
  const api::PriorityLevelConfigurationSpec& spec = level.spec();
  const auto number_if = [&row](bool there, int32_t number) {
    there ? row.Number(number) : row.Text(kNone);
  };
  const bool queues = spec.limited().limit_response().has_queuing();
  const api::QueuingConfiguration& queuing = spec.limited().limit_response().queuing();
  row.Text(level.metadata().name()).Text(spec.type());
  number_if(spec.has_limited(), spec.limited().nominal_concurrency_shares());
  number_if(queues, queuing.queues());
  number_if(queues, queuing.hand_size());
  number_if(queues, queuing.queue_length_limit());
  row.Age(level.metadata());
}

}  // namespace

void AddAccessPrinters(PrinterTable& table) {
  table.Add<api::RoleBinding>(kBindingColumns, PrintRoleBinding);
  table.Add<api::ClusterRoleBinding>(kBindingColumns, PrintRoleBinding);
  table.Add<api::CertificateSigningRequest>(kSigningRequestColumns, PrintSigningRequest);
  table.Add<api::MutatingWebhookConfiguration>(kWebhookColumns, PrintWebhooks);
  table.Add<api::ValidatingWebhookConfiguration>(kWebhookColumns, PrintWebhooks);
  table.Add<api::ValidatingAdmissionPolicy>(kAdmissionPolicyColumns, PrintAdmissionPolicy);
  table.Add<api::ValidatingAdmissionPolicyBinding>(kAdmissionBindingColumns, PrintAdmissionBinding);
  table.Add<api::FlowSchema>(kFlowSchemaColumns, PrintFlowSchema).before = FlowSchemaBefore;
  table.Add<api::PriorityLevelConfiguration>(kPriorityLevelColumns, PrintPriorityLevel);
}

}  // namespace drydock::apiserver
