package slipstream.services.internal;

import io.grpc.stub.StreamObserver;
import java.io.IOException;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.core.store.AtomicFiles;
import slipstream.features.FeatureCache;
import slipstream.proto.v1.CacheServiceGrpc;
import slipstream.proto.v1.CachedFeature;
import slipstream.proto.v1.ListCacheRequest;
import slipstream.proto.v1.ListCacheResponse;
import slipstream.proto.v1.PruneCacheRequest;
import slipstream.proto.v1.PruneCacheResponse;

/** Features that were computed before. */
final class CacheServiceImpl extends CacheServiceGrpc.CacheServiceImplBase {
  private final Context context;

  CacheServiceImpl(Context context) {
    this.context = context;
  }

  private FeatureCache cache() {
    return StandardPipeline.cache(context.store().content());
  }

  @Override
  public void listCache(ListCacheRequest request, StreamObserver<ListCacheResponse> observer) {
    Calls.answer(observer, this::list);
  }

  private ListCacheResponse list() {
    FeatureCache cache = cache();
    try {
      ListCacheResponse.Builder response =
          ListCacheResponse.newBuilder()
              .setFolder(cache.folder().toString())
              .setQuota(cache.quota());
      long bytes = 0;
      for (FeatureCache.Entry each : cache.list()) {
        bytes += each.bytes();
        response.addFeatures(
            CachedFeature.newBuilder()
                .setKey(each.key())
                .setExpression(each.expression())
                .setCodeVersion(each.codeVersion())
                .setRows(each.rows())
                .setBytes(each.bytes())
                .setUsed(Protos.timestamp(each.used())));
      }
      return response.setBytes(bytes).build();
    } catch (IOException e) {
      throw AtomicFiles.explain("read the feature cache", cache.folder(), e);
    }
  }

  @Override
  public void pruneCache(PruneCacheRequest request, StreamObserver<PruneCacheResponse> observer) {
    Calls.answer(
        observer,
        () -> {
          if (request.getKeepBytes() < 0) {
            throw SlipstreamException.invalid(
                "a cache cannot keep " + request.getKeepBytes() + " bytes",
                Place.key("keep_bytes"),
                "Say 0 to remove everything.");
          }
          FeatureCache cache = cache();
          try {
            FeatureCache.Pruned pruned = cache.prune(request.getKeepBytes());
            return PruneCacheResponse.newBuilder()
                .setRemoved(pruned.removed())
                .setBytes(pruned.bytes())
                .build();
          } catch (IOException e) {
            throw AtomicFiles.explain("prune the feature cache", cache.folder(), e);
          }
        });
  }
}
