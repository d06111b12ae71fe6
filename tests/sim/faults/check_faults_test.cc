// Whom faults' names mean, and what is said of names that mean nobody.
#include "sim/faults/check_faults.h"

#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "sim/faults/victims.h"
#include "sim/machine/machine.h"
#include "sim/machine/world.h"

namespace drydock::sim {
namespace {

class CheckFaultsTest : public testing::Test {
 protected:
  CheckFaultsTest() {
    world_.AddMachine("master-0", "zone-a").AddProcess("scheduler", [](Process&) {});
    world_.AddMachine("user", "zone-a");
    world_.AddMachine("general-0", "zone-a").AddProcess("kubelet", [](Process&) {});
    world_.AddMachine("general-1", "zone-b").AddProcess("kubelet", [](Process&) {});
    scenario_.path = "s.yaml";
  }

  std::string Check(decltype(FaultItem::fault) fault) {
    scenario_.faults = {{.at = {}, .lasts = {}, .fault = NetworkDegradation()},
                        {.at = {}, .lasts = {}, .fault = std::move(fault)}};
    const absl::Status status = CheckFaults(scenario_, world_);
    return status.ok() ? "ok" : std::string(status.message());
  }

  static std::vector<std::string> Names(const std::vector<Machine*>& machines) {
    std::vector<std::string> names;
    for (const Machine* machine : machines) names.push_back(machine->machine());
    return names;
  }

  World world_;
  Scenario scenario_;
};

using Strings = std::vector<std::string>;

TEST_F(CheckFaultsTest, AcceptsWhatExists) {
  EXPECT_EQ(Check(PowerOffFault{{"general-0", "master-0"}, 0, ""}), "ok");
  EXPECT_EQ(Check(PowerOffFault{{}, 2, ""}), "ok");
  EXPECT_EQ(Check(PowerOffFault{{}, 0, "zone-b"}), "ok");
  EXPECT_EQ(Check(CrashFault{"kubelet", "general-1", 0}), "ok");
  EXPECT_EQ(Check(CrashFault{"kubelet", "", 2}), "ok");
  EXPECT_EQ(Check(CrashFault{"scheduler", "", 0}), "ok");
  EXPECT_EQ(Check(PartitionFault{"zone-a", "masters", false}), "ok");
  EXPECT_EQ(Check(PartitionFault{"general-0", "zone-a", true}), "ok");
}

TEST_F(CheckFaultsTest, NamesTheFileTheFieldAndTheMachineThatDoesNotExist) {
  EXPECT_EQ(Check(PowerOffFault{{"general-0", "general-7"}, 0, ""}),
            "s.yaml: spec.faults[1].powerOff.machines[1]: expected a master or a node, got "
            "\"general-7\"");
  EXPECT_EQ(Check(CrashFault{"kubelet", "general-7", 0}),
            "s.yaml: spec.faults[1].crash.machine: expected a master or a node, got "
            "\"general-7\"");
}

TEST_F(CheckFaultsTest, SparesTheUsersMachine) {
  EXPECT_EQ(Check(PowerOffFault{{"user"}, 0, ""}),
            "s.yaml: spec.faults[1].powerOff.machines[0]: expected a master or a node, got "
            "\"user\"");
  EXPECT_EQ(Names(MachinesInZone(world_, "zone-a")), (Strings{"general-0", "master-0"}));
  EXPECT_EQ(Names(Everybody(world_)), (Strings{"general-0", "general-1", "master-0"}));
}

TEST_F(CheckFaultsTest, RefusesZonesWithoutMachines) {
  EXPECT_EQ(Check(PowerOffFault{{}, 0, "zone-c"}),
            "s.yaml: spec.faults[1].powerOff.zone: expected a zone that has machines, such as "
            "zone-a, got \"zone-c\"");
  EXPECT_EQ(Check(PartitionFault{"zone-a", "zone-c", false}),
            "s.yaml: spec.faults[1].partition.to: expected masters, a zone that has machines, or "
            "a machine, got \"zone-c\"");
}

TEST_F(CheckFaultsTest, RefusesMoreRandomNodesThanThereAre) {
  EXPECT_EQ(Check(PowerOffFault{{}, 3, ""}),
            "s.yaml: spec.faults[1].powerOff.randomNodes: expected at most 2 nodes, got 3");
  EXPECT_EQ(Check(CrashFault{"kubelet", "", 3}),
            "s.yaml: spec.faults[1].crash.randomNodes: expected at most 2 nodes, got 3");
}

TEST_F(CheckFaultsTest, RefusesCrashesOfWhatDoesNotRunThere) {
  EXPECT_EQ(Check(CrashFault{"kubelet", "master-0", 0}),
            "s.yaml: spec.faults[1].crash.machine: expected a machine that runs a kubelet, got "
            "\"master-0\"");
  EXPECT_EQ(Check(CrashFault{"controller-manager", "", 0}),
            "s.yaml: spec.faults[1].crash.process: expected a process of a master, got "
            "\"controller-manager\"");
}

TEST_F(CheckFaultsTest, RefusesPartitionsWithoutTwoSides) {
  EXPECT_EQ(Check(PartitionFault{"zone-b", "zone-b", false}),
            "s.yaml: spec.faults[1].partition: expected two sides with different machines, got "
            "\"zone-b\" and \"zone-b\"");
}

TEST_F(CheckFaultsTest, PutsAMachineOnTheSideThatNamesItMoreNarrowly) {
  const Sides zone = SidesOf(world_, {"zone-a", "masters", false});
  EXPECT_EQ(Names(zone.from), (Strings{"general-0"}));
  EXPECT_EQ(Names(zone.to), (Strings{"master-0"}));
  const Sides one = SidesOf(world_, {"masters", "master-0", false});
  EXPECT_TRUE(one.from.empty());
  const Sides node = SidesOf(world_, {"general-0", "zone-a", false});
  EXPECT_EQ(Names(node.from), (Strings{"general-0"}));
  EXPECT_EQ(Names(node.to), (Strings{"master-0"}));
}

}  // namespace
}  // namespace drydock::sim
