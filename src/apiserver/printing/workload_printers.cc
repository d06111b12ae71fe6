// Pods, and what makes them.
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "src/api/apps_v1.h"
#include "src/api/batch_v1.h"
#include "src/api/core/v1/replication_controller.h"
#include "src/api/selectors.h"
#include "src/api/time.h"
#include "src/apiserver/printing/human_duration.h"
#include "src/apiserver/printing/pod_printer.h"
#include "src/apiserver/printing/printer.h"
#include "src/apiserver/printing/text.h"

namespace drydock::apiserver {
namespace {

// `field` of `message` when it is set, otherwise null.
template <typename Spec>
const api::LabelSelector* SelectorOf(const Spec& spec) {
  return spec.has_selector() ? &spec.selector() : nullptr;
}

void PrintContainers(const api::PodSpec& spec, Row& row) {
  row.Text(ContainerNames(spec)).Text(ContainerImages(spec));
}

constexpr Column kPodTemplateColumns[] = {
    kNameColumn,
    {"Containers", "string", "The names of the containers in the template."},
    {"Images", "string", "The images of the containers in the template."},
    {"Pod Labels", "string", "The labels of the template."},
};

void PrintPodTemplate(const api::PodTemplate& object, Row& row) {
  row.Text(object.metadata().name());
  PrintContainers(object.template_().spec(), row);
  row.Text(LabelsText(object.template_().metadata().labels()));
}

constexpr Column kReplicasColumns[] = {
    kNameColumn,
    {"Desired", "integer", "The number of pods that is asked for."},
    {"Current", "integer", "The number of pods that there are."},
    {"Ready", "integer", "The number of pods that are ready."},
    kAgeColumn,
    kContainersColumn,
    kImagesColumn,
    kSelectorColumn,
};

void PrintReplicaSet(const api::ReplicaSet& set, Row& row) {
  row.Text(set.metadata().name())
      .Number(set.spec().replicas())
      .Number(set.status().replicas())
      .Number(set.status().ready_replicas())
      .Age(set.metadata());
  PrintContainers(set.spec().template_().spec(), row);
  row.Text(SelectorText(SelectorOf(set.spec())));
}

void PrintReplicationController(const api::ReplicationController& controller, Row& row) {
  row.Text(controller.metadata().name())
      .Number(controller.spec().replicas())
      .Number(controller.status().replicas())
      .Number(controller.status().ready_replicas())
      .Age(controller.metadata());
  PrintContainers(controller.spec().template_().spec(), row);
  row.Text(LabelsText(controller.spec().selector()));
}

constexpr Column kDeploymentColumns[] = {
    kNameColumn,
    {"Ready", "string", "How many of the desired pods are ready."},
    {"Up-to-date", "string", "The number of pods of the present template."},
    {"Available", "string", "The number of pods that have been ready for long enough."},
    kAgeColumn,
    kContainersColumn,
    kImagesColumn,
    kSelectorColumn,
};

void PrintDeployment(const api::Deployment& deployment, Row& row) {
  row.Text(deployment.metadata().name())
      .Text(absl::StrCat(deployment.status().ready_replicas(), "/", deployment.spec().replicas()))
      .Number(deployment.status().updated_replicas())
      .Number(deployment.status().available_replicas())
      .Age(deployment.metadata());
  PrintContainers(deployment.spec().template_().spec(), row);
  const absl::StatusOr<api::Selector> selector =
      api::Selector::FromOptional(SelectorOf(deployment.spec()));
  row.Text(selector.ok() ? selector->ToString() : "<invalid>");
}

constexpr Column kStatefulSetColumns[] = {
    kNameColumn,   {"Ready", "string", "How many of the desired pods are ready."},
    kAgeColumn,    kContainersColumn,
    kImagesColumn,
};

void PrintStatefulSet(const api::StatefulSet& set, Row& row) {
  row.Text(set.metadata().name())
      .Text(absl::StrCat(set.status().ready_replicas(), "/", set.spec().replicas()))
      .Age(set.metadata());
  PrintContainers(set.spec().template_().spec(), row);
}

constexpr Column kDaemonSetColumns[] = {
    kNameColumn,
    {"Desired", "integer", "The number of nodes that should run the pod."},
    {"Current", "integer", "The number of nodes that should run the pod and do."},
    {"Ready", "integer", "The number of nodes with a ready pod."},
    {"Up-to-date", "integer", "The number of nodes with a pod of the present template."},
    {"Available", "integer", "The number of nodes whose pod has been ready for long enough."},
    {"Node Selector", "string", "The labels of the nodes that are meant."},
    kAgeColumn,
    kContainersColumn,
    kImagesColumn,
    kSelectorColumn,
};

void PrintDaemonSet(const api::DaemonSet& set, Row& row) {
  const api::DaemonSetStatus& status = set.status();
  const api::PodSpec& pod = set.spec().template_().spec();
  row.Text(set.metadata().name())
      .Number(status.desired_number_scheduled())
      .Number(status.current_number_scheduled())
      .Number(status.number_ready())
      .Number(status.updated_number_scheduled())
      .Number(status.number_available())
      .Text(LabelsText(pod.node_selector()))
      .Age(set.metadata());
  PrintContainers(pod, row);
  row.Text(SelectorText(SelectorOf(set.spec())));
}

constexpr Column kJobColumns[] = {
    kNameColumn,
    {"Status", "string", "What has become of the job."},
    {"Completions", "string", "How many of the desired pods have succeeded."},
    {"Duration", "string", "How long the job has run, or ran."},
    kAgeColumn,
    kContainersColumn,
    kImagesColumn,
    kSelectorColumn,
};

bool HasCondition(const api::Job& job, absl::string_view type) {
  for (const api::JobCondition& condition : job.status().conditions()) {
    if (condition.type() == type) return condition.status() == "True";
  }
  return false;
}

const char* JobStatusText(const api::Job& job) {
  if (HasCondition(job, "Complete")) return "Complete";
  if (HasCondition(job, "Failed")) return "Failed";
  if (job.metadata().has_deletion_timestamp()) return "Terminating";
  for (const char* type : {"Suspended", "FailureTarget", "SuccessCriteriaMet"}) {
    if (HasCondition(job, type)) return type;
  }
  return "Running";
}

std::string CompletionsText(const api::Job& job) {
  const int32_t succeeded = job.status().succeeded();
  if (job.spec().has_completions()) {
    return absl::StrCat(succeeded, "/", job.spec().completions());
  }
  if (job.spec().parallelism() > 1) {
    return absl::StrCat(succeeded, "/1 of ", job.spec().parallelism());
  }
  return absl::StrCat(succeeded, "/1");
}

std::string JobDuration(const api::Job& job, absl::Time now) {
  const api::JobStatus& status = job.status();
  if (!status.has_start_time()) return "";
  const absl::Time end =
      status.has_completion_time() ? api::ToAbslTime(status.completion_time()) : now;
  return HumanDuration(end - api::ToAbslTime(status.start_time()));
}

void PrintJob(const api::Job& job, Row& row) {
  row.Text(job.metadata().name())
      .Text(JobStatusText(job))
      .Text(CompletionsText(job))
      .Text(JobDuration(job, row.now()))
      .Age(job.metadata());
  PrintContainers(job.spec().template_().spec(), row);
  row.Text(SelectorText(SelectorOf(job.spec())));
}

constexpr Column kCronJobColumns[] = {
    kNameColumn,
    {"Schedule", "string", "When jobs are made, in the form of cron."},
    {"Timezone", "string", "The time zone of the schedule."},
    {"Suspend", "boolean", "Whether no more jobs are made."},
    {"Active", "integer", "The number of jobs that run."},
    {"Last Schedule", "string", "The time since a job was made."},
    kAgeColumn,
    kContainersColumn,
    kImagesColumn,
    kSelectorColumn,
};

void PrintCronJob(const api::CronJob& cron_job, Row& row) {
  const api::CronJobSpec& spec = cron_job.spec();
  const api::CronJobStatus& status = cron_job.status();
  row.Text(cron_job.metadata().name())
      .Text(spec.schedule())
      .Text(spec.has_time_zone() ? absl::string_view(spec.time_zone()) : kNone)
      .Text(!spec.has_suspend() ? kUnset
            : spec.suspend()    ? "True"
                                : "False")
      .Number(status.active_size())
      .Text(status.has_last_schedule_time() ? row.Since(status.last_schedule_time()) : kNone)
      .Age(cron_job.metadata());
  const api::JobSpec& job = spec.job_template().spec();
  PrintContainers(job.template_().spec(), row);
  row.Text(SelectorText(SelectorOf(job)));
}

constexpr Column kControllerRevisionColumns[] = {
    kNameColumn,
    {"Controller", "string", "What the revision is a state of."},
    {"Revision", "string", "The number of the revision."},
    kAgeColumn,
};

// "statefulset.apps/web".
std::string ControllerText(const api::ObjectMeta& metadata) {
  for (const api::OwnerReference& owner : metadata.owner_references()) {
    if (!owner.controller()) continue;
    const std::string& version = owner.api_version();
    const size_t slash = version.find('/');
    const std::string group = slash == std::string::npos ? "" : "." + version.substr(0, slash);
    return absl::StrCat(absl::AsciiStrToLower(absl::StrCat(owner.kind(), group)), "/",
                        owner.name());
  }
  return kNone;
}

void PrintControllerRevision(const api::ControllerRevision& revision, Row& row) {
  row.Text(revision.metadata().name())
      .Text(ControllerText(revision.metadata()))
      .Number(revision.revision())
      .Age(revision.metadata());
}

}  // namespace

void AddWorkloadPrinters(PrinterTable& table) {
  table.Add<api::Pod>(kPodColumns, PrintPod);
  table.Add<api::PodTemplate>(kPodTemplateColumns, PrintPodTemplate);
  table.Add<api::ReplicationController>(kReplicasColumns, PrintReplicationController);
  table.Add<api::ReplicaSet>(kReplicasColumns, PrintReplicaSet);
  table.Add<api::Deployment>(kDeploymentColumns, PrintDeployment);
  table.Add<api::StatefulSet>(kStatefulSetColumns, PrintStatefulSet);
  table.Add<api::DaemonSet>(kDaemonSetColumns, PrintDaemonSet);
  table.Add<api::Job>(kJobColumns, PrintJob);
  table.Add<api::CronJob>(kCronJobColumns, PrintCronJob);
  table.Add<api::ControllerRevision>(kControllerRevisionColumns, PrintControllerRevision);
}

}  // namespace drydock::apiserver
