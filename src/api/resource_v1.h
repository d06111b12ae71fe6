// Dynamic resource allocation: claims, classes, slices. Short names for what is unique among the
// groups; resourcev1:: for the rest.
#ifndef DRYDOCK_SRC_API_RESOURCE_V1_H_
#define DRYDOCK_SRC_API_RESOURCE_V1_H_

#include "src/api/resource/v1/resource.pb.h"  // IWYU pragma: export

namespace drydock::api {

namespace resourcev1 = ::k8s::io::api::resource::v1;

using resourcev1::AllocatedDeviceStatus;
using resourcev1::AllocationResult;
using resourcev1::CapacityRequestPolicy;
using resourcev1::CapacityRequestPolicyRange;
using resourcev1::CapacityRequirements;
using resourcev1::CELDeviceSelector;
using resourcev1::CounterSet;
using resourcev1::DeviceAllocationConfiguration;
using resourcev1::DeviceAllocationResult;
using resourcev1::DeviceAttribute;
using resourcev1::DeviceCapacity;
using resourcev1::DeviceClaim;
using resourcev1::DeviceClaimConfiguration;
using resourcev1::DeviceClass;
using resourcev1::DeviceClassConfiguration;
using resourcev1::DeviceClassList;
using resourcev1::DeviceClassSpec;
using resourcev1::DeviceConfiguration;
using resourcev1::DeviceConstraint;
using resourcev1::DeviceCounterConsumption;
using resourcev1::DeviceRequest;
using resourcev1::DeviceRequestAllocationResult;
using resourcev1::DeviceSelector;
using resourcev1::DeviceSubRequest;
using resourcev1::DeviceTaint;
using resourcev1::DeviceToleration;
using resourcev1::ExactDeviceRequest;
using resourcev1::NetworkDeviceData;
using resourcev1::OpaqueDeviceConfiguration;
using resourcev1::ResourceClaimConsumerReference;
using resourcev1::ResourceClaimList;
using resourcev1::ResourceClaimSpec;
using resourcev1::ResourceClaimStatus;
using resourcev1::ResourceClaimTemplate;
using resourcev1::ResourceClaimTemplateList;
using resourcev1::ResourceClaimTemplateSpec;
using resourcev1::ResourcePool;
using resourcev1::ResourceSlice;
using resourcev1::ResourceSliceList;
using resourcev1::ResourceSliceSpec;

}  // namespace drydock::api

#endif  // DRYDOCK_SRC_API_RESOURCE_V1_H_
