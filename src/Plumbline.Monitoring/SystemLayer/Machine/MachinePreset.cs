using static Plumbline.Monitoring.SystemLayer.Machine.MachineMetrics;

namespace Plumbline.Monitoring.SystemLayer.Machine;

/// <summary>A query that is known to work with a usual exporter; <c>$model</c> in it is the model's name.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Metric">The metric that it gives.</param>
/// <param name="Query">PromQL. Where an exporter has renamed its series, the older name is behind an <c>or</c>.</param>
/// <param name="From">What has these series.</param>
public sealed record MachinePreset(string Name, string Metric, string Query, string From)
{
    /// <summary>All of them, by metric.</summary>
    public static IReadOnlyList<MachinePreset> All { get; } =
    [
        new("node-cpu", Cpu, "1 - avg(rate(node_cpu_seconds_total{mode=\"idle\"}[5m]))", "node-exporter"),
        new(
            "pod-cpu",
            Cpu,
            "sum by (pod) (rate(container_cpu_usage_seconds_total{pod=~\"$model.*\",container!=\"\"}[5m])) / sum by (pod) "
                + "(container_spec_cpu_quota{pod=~\"$model.*\",container!=\"\"} / "
                + "container_spec_cpu_period{pod=~\"$model.*\",container!=\"\"})",
            "cAdvisor, with a limit of the container"
        ),
        new("node-memory", Memory, "1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes", "node-exporter"),
        new(
            "pod-memory",
            Memory,
            "max by (pod) (container_memory_working_set_bytes{pod=~\"$model.*\",container!=\"\"} / "
                + "(container_spec_memory_limit_bytes{pod=~\"$model.*\",container!=\"\"} > 0))",
            "cAdvisor, with a limit of the container"
        ),
        new("dcgm-gpu", Gpu, "avg by (gpu, Hostname) (DCGM_FI_DEV_GPU_UTIL) / 100", "DCGM exporter"),
        new("triton-gpu", Gpu, "max by (gpu_uuid) (nv_gpu_utilization)", "Triton"),
        new("otel-gpu", Gpu, "max by (hw_id) (hw_gpu_utilization_ratio or hw_gpu_utilization)", "OpenTelemetry hardware metrics"),
        new("dcgm-gpu-memory", GpuMemory, "DCGM_FI_DEV_FB_USED / (DCGM_FI_DEV_FB_USED + DCGM_FI_DEV_FB_FREE)", "DCGM exporter"),
        new(
            "vllm-cache",
            GpuMemory,
            "max(vllm:kv_cache_usage_perc{model_name=\"$model\"} or vllm:gpu_cache_usage_perc{model_name=\"$model\"})",
            "vLLM: its cache of keys and values"
        ),
        new("vllm-queue", Queue, "sum(vllm:num_requests_waiting{model_name=\"$model\"})", "vLLM"),
        new("triton-queue", Queue, "sum(nv_inference_pending_request_count{model=\"$model\"})", "Triton"),
        new(
            "kserve-queue",
            Queue,
            "sum(revision_queue_depth{service_name=\"$model\"} or queue_depth{configuration_name=\"$model\"})",
            "KServe and Knative: the queue proxy"
        ),
        new(
            "vllm-queue-time",
            QueueTime,
            "1000 * sum(rate(vllm:request_queue_time_seconds_sum{model_name=\"$model\"}[5m])) / "
                + "sum(rate(vllm:request_queue_time_seconds_count{model_name=\"$model\"}[5m]))",
            "vLLM"
        ),
        new(
            "triton-queue-time",
            QueueTime,
            "sum(rate(nv_inference_queue_duration_us{model=\"$model\"}[5m])) / "
                + "sum(rate(nv_inference_request_success{model=\"$model\"}[5m])) / 1000",
            "Triton"
        ),
        new(
            "http-server",
            RequestTime,
            "1000 * histogram_quantile(0.95, sum by (le) (rate(http_server_request_duration_seconds_bucket[5m])))",
            "OpenTelemetry: http.server.request.duration"
        ),
        new(
            "kserve-predict",
            RequestTime,
            "1000 * histogram_quantile(0.95, sum by (le) (rate(request_predict_seconds_bucket{model_name=\"$model\"}[5m])))",
            "KServe's Python server"
        ),
        new(
            "http-server-errors",
            RequestErrors,
            "sum(rate(http_server_request_duration_seconds_count{http_response_status_code=~\"5..\"}[5m])) / "
                + "sum(rate(http_server_request_duration_seconds_count[5m]))",
            "OpenTelemetry: http.server.request.duration"
        ),
    ];
}
